#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "sandbox/authn.h"
#include "sandbox/sandbox-private.h"
#include "sandbox/services.h"

/*
 * Entries of the log. "entry" says what happened:
 *
 *	start	the world's seed, and what it was made from
 *	call	an accepted change: who (access key), what, when, from where
 *	use	a key or role was used (what GetAccessKeyLastUsed tells)
 *	clock	the sandbox's clock was moved
 *	reset	back to the state of the start
 *	trail	events up to this entry are in CloudTrail's files
 *
 * An input is kept as it came, also the password of a CreateLoginProfile: the
 * file is the owner's alone (0600), as the keys of this world are.
 */

#define LOG_VERSION 1
#define MINUTE_MS 60000

/* ---- writing ---- */

static struct val *new_entry(struct arena *a, const char *kind, int64_t now_ms)
{
	struct val *e = val_object(a);
	char iso[TIME_ISO_SIZE];

	val_set_z(a, e, "entry", kind);
	val_set_int(a, e, "ms", now_ms);
	val_set_str(a, e, "time", arena_strz(a, time_iso(now_ms, true, iso)));
	return e;
}

static struct str hex64(struct arena *a, uint64_t u)
{
	return arena_printf(a, "%016llx", (unsigned long long)u);
}

uint64_t replay_log_call(struct sandbox *s, const struct sandbox_request *r, uint64_t seed)
{
	struct arena *a = r->arena;

	if (!s->log)
		return 0;
	struct val *e = new_entry(a, "call", r->now_ms);
	val_set_str(a, e, "seed", hex64(a, seed));
	val_set_str(a, e, "key", r->who->access_key_id);
	val_set_str(a, e, "principal", r->who->arn);
	val_set_str(a, e, "service", r->op->service->id);
	val_set_str(a, e, "op", r->op->name);
	val_set_str(a, e, "region", r->region);
	val_set_str(a, e, "host", r->host);
	val_set_str(a, e, "ip", r->source_ip);
	val_set_str(a, e, "agent", r->user_agent);
	val_set_str(a, e, "request", r->request_id);
	val_setz(e, "input", val_copy(a, r->in));
	return state_log_append(s->log, e);
}

uint64_t replay_log_use(struct sandbox *s, const struct caller *who, int64_t now_ms,
			struct str service, struct str region)
{
	if (!s->log)
		return 0;
	struct arena *a = arena_new();
	struct val *e = new_entry(a, "use", now_ms);
	val_set_str(a, e, "key", who->access_key_id);
	val_set_str(a, e, "service", service);
	val_set_str(a, e, "region", region);
	uint64_t n = state_log_append(s->log, e);
	arena_free(&a);
	return n;
}

static uint64_t log_plain(struct sandbox *s, const char *kind, int64_t now_ms, const char *name,
			  int64_t value)
{
	if (!s->log)
		return 0;
	struct arena *a = arena_new();
	struct val *e = new_entry(a, kind, now_ms);
	if (name)
		val_set_int(a, e, name, value);
	uint64_t n = state_log_append(s->log, e);
	arena_free(&a);
	return n;
}

uint64_t replay_log_clock(struct sandbox *s, int64_t now_ms)
{
	return log_plain(s, "clock", now_ms, "ahead_ms", s->world->clock_ms);
}

uint64_t replay_log_reset(struct sandbox *s, int64_t now_ms)
{
	return log_plain(s, "reset", now_ms, NULL, 0);
}

void replay_log_trail(struct sandbox *s, uint64_t upto)
{
	/* Called by the trail's own thread, which must not look at the world. */
	log_plain(s, "trail", clock_now_ms(NULL), "upto", (int64_t)upto);
}

static bool hex64_get(struct str text, uint64_t *out)
{
	unsigned char raw[8];

	if (!hex_get(text, raw, sizeof(raw)))
		return false;
	*out = 0;
	for (size_t i = 0; i < sizeof(raw); i++)
		*out = *out << 8 | raw[i];
	return true;
}

/* ---- use of keys ---- */

static int64_t minute(int64_t ms)
{
	return ms - ms % MINUTE_MS;
}

/* Where the uses of services are remembered; NULL: those of this caller are not. */
static struct iam_use **uses_of(const struct caller *who)
{
	if (who->role)
		return &who->role->uses;
	if (!who->key)
		return NULL;
	return who->user ? &who->user->uses : &who->account->iam.root.uses;
}

/*
 * A key's last use is told to the minute; the first use of a minute counts, so
 * that a busy key does not turn every reading call into a change.
 */
bool use_is_news(const struct caller *who, struct str service, int64_t now_ms)
{
	struct iam_use **at = uses_of(who);
	const struct iam_use *use = at ? *at : NULL;

	if (!at)
		return false;
	if ((who->role ? who->role->used_ms : who->key->used_ms) < minute(now_ms))
		return true;
	while (use && !str_eq(use->service, service))
		use = use->next;
	return !use || use->ms < minute(now_ms);
}

static void mark_service(struct world *w, struct iam_use **list, int64_t now_ms, struct str service,
			 struct str region)
{
	struct iam_use *use = *list;

	while (use && !str_eq(use->service, service))
		use = use->next;
	if (!use) {
		use = arena_new_of(w->arena, struct iam_use);
		use->service = world_str(w, service);
		WORLD_PUSH(*list, use);
	}
	use->ms = minute(now_ms);
	if (!str_eq(use->region, region))
		use->region = world_str(w, region);
}

void use_mark(struct world *w, const struct caller *who, int64_t now_ms, struct str service,
	      struct str region)
{
	struct iam_use **uses = uses_of(who);

	if (uses)
		mark_service(w, uses, now_ms, service, region);
	if (who->role) {
		who->role->used_ms = minute(now_ms);
		if (!str_eq(who->role->used_region, region))
			who->role->used_region = world_str(w, region);
	} else if (who->key) {
		who->key->used_ms = minute(now_ms);
		if (!str_eq(who->key->used_service, service))
			who->key->used_service = world_str(w, service);
		if (!str_eq(who->key->used_region, region))
			who->key->used_region = world_str(w, region);
	}
}

/* ---- reading ---- */

struct replay {
	struct sandbox *s;
	const struct sandbox_options *opt;
	struct arena *a; /* of one entry */
	uint64_t n;
	struct err *err;
};

static bool wrong(struct replay *p, const char *what)
{
	char path[sizeof(p->err->path)];

	snprintf(path, sizeof(path), "%s/log.jsonl", p->opt->state_dir);
	return err_at(p->err, path, (uint32_t)p->n, 0,
		      "%s; was it written by another version of rootout?", what);
}

static bool replay_start(struct replay *p, const struct val *e)
{
	struct sandbox *s = p->s;
	struct arena *a = p->a;

	if (val_i64(val_get(e, "version"), 0) != LOG_VERSION)
		return wrong(p, "the log is of a version that this program does not read");
	if (!hex64_get(val_get_str(e, "seed"), &s->seed))
		return wrong(p, "the start has no seed");
	s->start_ms = val_i64(val_get(e, "ms"), 0);
	s->last_ms = s->start_ms;
	s->continued = true;
	struct str account = val_get_str(e, "account");
	if (!str_is_null(account)) {
		s->account = xstrndup(account.p, account.n);
	} else {
		struct str dir = path_join(a, str_of(p->opt->state_dir), STR("start"));
		s->start = seed_read(dir.p, s->start_ms, p->err);
		if (!s->start)
			return err_wrap(p->err, "cannot begin again from '%s'", dir.p);
	}
	s->world = sandbox_first_world(s, p->err);
	return s->world != NULL;
}

static bool replay_call(struct replay *p, const struct val *e)
{
	struct sandbox *s = p->s;
	struct caller who;
	struct sandbox_request r = {
		.world = s->world,
		.arena = p->a,
		.now_ms = val_i64(val_get(e, "ms"), 0),
		.region = val_get_str(e, "region"),
		.host = val_get_str(e, "host"),
		.source_ip = val_get_str(e, "ip"),
		.user_agent = val_get_str(e, "agent"),
		.request_id = val_get_str(e, "request"),
		.in = val_get(e, "input"),
		.who = &who,
		.out = val_object(p->a),
		.replay = true,
	};
	const struct api_service *service = api_service(val_get_str(e, "service"));
	const struct sandbox_service *served = sandbox_service(val_get_str(e, "service"));
	uint64_t seed;

	r.op = service ? api_op(service, val_get_str(e, "op")) : NULL;
	r.serving = r.op && served ? sandbox_service_op(served, r.op->name) : NULL;
	if (!r.serving || !hex64_get(val_get_str(e, "seed"), &seed) || !r.in)
		return wrong(p, "the sandbox does not serve this call");
	if (!typed_from_json(p->a, r.op->input, r.in))
		return wrong(p, "the call's input cannot be read");
	if (!caller_of(s->world, val_get_str(e, "key"), p->a, &who))
		return wrong(p, "nobody has the call's access key");
	world_settle(s->world, r.now_ms);
	rng_seed(&r.rng, seed);
	bool ok = r.serving->fn(&r);
	if (!ok && !r.changed) {
		struct str why = arena_printf(p->a, "the call fails now: %.*s: %.*s",
					      STR_ARG(r.fault.code), STR_ARG(r.fault.message));
		return wrong(p, why.p);
	}
	s->world->changes++;
	trail_add(s->trail, &r, ok, p->n);
	return true;
}

static bool replay_use(struct replay *p, const struct val *e)
{
	struct world *w = p->s->world;
	int64_t ms = val_i64(val_get(e, "ms"), 0);
	struct caller who;

	world_settle(w, ms);
	if (!caller_of(w, val_get_str(e, "key"), p->a, &who))
		return wrong(p, "nobody has the access key");
	use_mark(w, &who, ms, val_get_str(e, "service"), val_get_str(e, "region"));
	return true;
}

static bool replay_reset(struct replay *p)
{
	struct world *w = sandbox_first_world(p->s, p->err);

	if (!w)
		return false;
	world_free(&p->s->world);
	p->s->world = w;
	return true;
}

static bool replay_entry(struct replay *p, const struct val *e)
{
	struct str kind = val_get_str(e, "entry");
	struct sandbox *s = p->s;

	if (str_eqz(kind, "trail")) {
		trail_forget(s->trail, (uint64_t)val_i64(val_get(e, "upto"), 0));
		return true;
	}
	s->last_ms = val_i64(val_get(e, "ms"), s->last_ms);
	if (str_eqz(kind, "start"))
		return p->n == 1 ? replay_start(p, e) : wrong(p, "a start in the middle");
	if (!s->world)
		return wrong(p, "the log does not begin with a start");
	if (str_eqz(kind, "call"))
		return replay_call(p, e);
	if (str_eqz(kind, "use"))
		return replay_use(p, e);
	if (str_eqz(kind, "reset"))
		return replay_reset(p);
	if (!str_eqz(kind, "clock"))
		return wrong(p, "an entry of an unknown kind");
	s->world->clock_ms = val_i64(val_get(e, "ahead_ms"), 0);
	return true;
}

/* The first start: the files are copied, so that every later start is from the same. */
bool replay_begin(struct sandbox *s, const struct sandbox_options *opt, struct err *err)
{
	struct arena *a = arena_new();
	struct val *e = new_entry(a, "start", s->start_ms);
	bool ok = false;

	val_set_int(a, e, "version", LOG_VERSION);
	val_set_str(a, e, "seed", hex64(a, s->seed));
	if (opt->org_dir) {
		struct str to = path_join(a, str_of(opt->state_dir), STR("start"));
		if (!seed_copy(opt->org_dir, to.p, err))
			goto out;
	} else {
		val_set_z(a, e, "account", s->account);
	}
	ok = state_log_wait(s->log, state_log_append(s->log, e), err);
out:
	arena_free(&a);
	return ok;
}

bool replay_all(struct sandbox *s, const struct sandbox_options *opt, struct err *err)
{
	struct replay p = {.s = s, .opt = opt, .a = arena_new(), .err = err};
	struct val *e = NULL;
	bool ok;

	while ((ok = state_log_next(s->log, p.a, &e, err)) && e) {
		p.n++;
		if (!(ok = replay_entry(&p, e)))
			break;
		arena_reset(p.a);
	}
	arena_free(&p.a);
	if (ok && state_log_torn(s->log))
		log_warn("the log's last line was cut off and is dropped: it was never answered",
			 LOG_S("state", opt->state_dir), LOG_I("bytes", state_log_torn(s->log)));
	return ok;
}
