#include "sandbox/sandbox.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "sandbox/authn.h"
#include "sandbox/sandbox-private.h"
#include "sandbox/services.h"

/* The account of `--empty` when none is named: the one of AWS's own examples. */
#define DEFAULT_ACCOUNT "123456789012"
/* What a credentials file may become: 10,000 accounts have two profiles each. */
#define CREDENTIALS_MAX MIB(16)

int64_t sandbox_now(const struct sandbox *s)
{
	return clock_now_ms(NULL) + s->offset_ms + (s->world ? s->world->clock_ms : 0);
}

struct world *sandbox_first_world(const struct sandbox *s, struct err *err)
{
	struct world *w = world_new(s->seed, s->start_ms);

	if (!s->start)
		seed_one_account(w, str_of(s->account));
	else if (!seed_apply(s->start, w, err))
		world_free(&w);
	return w;
}

bool sandbox_reset(struct sandbox *s, struct err *err)
{
	struct world *w = sandbox_first_world(s, err);

	if (!w)
		return false;
	world_free(&s->world);
	s->world = w;
	s->last_ms = 0;
	trail_clear(s->trail);
	return true;
}

void sandbox_fail(struct sandbox *s, const struct err *err)
{
	if (!atomic_exchange(&s->failed, true))
		log_error("the log cannot be written, so nothing is answered any more",
			  LOG_S("error", err->message));
}

static void trail_written(uint64_t upto, void *ctx)
{
	struct sandbox *s = ctx;

	if (s->log)
		replay_log_trail(s, upto);
}

static bool begin(struct sandbox *s, const struct sandbox_options *opt, struct err *err)
{
	s->start_ms = opt->now_ms ? opt->now_ms : clock_now_ms(NULL);
	if (opt->org_dir) {
		s->start = seed_read(opt->org_dir, s->start_ms, err);
		if (!s->start)
			return false;
	} else {
		s->account = xstrdup(opt->account ? opt->account : DEFAULT_ACCOUNT);
		if (!str_all_digits(str_of(s->account)) || str_of(s->account).n != 12)
			return err_set(err, ERR_INPUT, "account '%s': an account id has 12 digits",
				       s->account);
	}
	if (opt->seeded)
		s->seed = opt->seed;
	else
		rng_bytes(&s->seed, sizeof(s->seed));
	s->world = sandbox_first_world(s, err);
	return s->world && (!s->log || replay_begin(s, opt, err));
}

static bool open_state(struct sandbox *s, const struct sandbox_options *opt, struct err *err)
{
	if (!opt->state_dir)
		return true;
	s->log = state_log_open(opt->state_dir, err);
	return s->log && replay_all(s, opt, err);
}

struct sandbox *sandbox_open(const struct sandbox_options *opt, struct err *err)
{
	struct sandbox *s = xcalloc(1, sizeof(*s));
	struct arena *a = arena_new();
	struct trail_options trail = {.written = trail_written, .ctx = s};

	pthread_rwlock_init(&s->lock, NULL);
	pthread_mutex_init(&s->counts_mutex, NULL);
	s->counts_arena = arena_new();
	map_init(&s->counts);
	s->open = opt->open;
	if (opt->state_dir)
		trail.dir = path_join(a, str_of(opt->state_dir), STR("trail")).p;
	s->trail = trail_new(&trail);
	s->offset_ms = opt->now_ms ? opt->now_ms - clock_now_ms(NULL) : 0;
	if (!open_state(s, opt, err) || (!s->world && !begin(s, opt, err)) ||
	    !(s->faults = faults_new(opt->faults, opt->nfaults, opt->seeded ? opt->seed : s->seed,
				     err))) {
		sandbox_close(&s);
	} else {
		world_settle(s->world, sandbox_now(s));
		trail_start(s->trail);
	}
	arena_free(&a);
	return s;
}

void sandbox_close(struct sandbox **sp)
{
	struct sandbox *s = *sp;

	if (!s)
		return;
	trail_free(&s->trail); /* may still write to the log */
	state_log_close(&s->log);
	world_free(&s->world);
	seed_free(&s->start);
	faults_free(&s->faults);
	map_release(&s->counts);
	arena_free(&s->counts_arena);
	pthread_mutex_destroy(&s->counts_mutex);
	pthread_rwlock_destroy(&s->lock);
	free(s->account);
	free(s);
	*sp = NULL;
}

/* ---- what a command asks ---- */

bool sandbox_write_credentials(struct sandbox *s, const char *path, struct err *err)
{
	struct buf b = BUF_INIT(CREDENTIALS_MAX);

	pthread_rwlock_rdlock(&s->lock);
	seed_credentials(s->world, &b);
	pthread_rwlock_unlock(&s->lock);
	bool ok = buf_overflowed(&b)
			  ? err_set(err, ERR_LIMIT, "too many accounts for a credentials file")
			  : file_replace(path, buf_str(&b), 0600, err);
	buf_release(&b);
	return ok;
}

size_t sandbox_accounts(struct sandbox *s)
{
	pthread_rwlock_rdlock(&s->lock);
	size_t n = map_count(&s->world->accounts);
	pthread_rwlock_unlock(&s->lock);
	return n;
}

bool sandbox_continued(const struct sandbox *s)
{
	return s->continued;
}

void sandbox_set_server(struct sandbox *s, struct server *server)
{
	s->server = server;
}

/* ---- for tests ---- */

bool sandbox_call(struct sandbox *s, struct str access_key_id, const char *service, const char *op,
		  const struct val *in, struct arena *a, struct val **out, struct api_fault *fault)
{
	struct call c = {
		.service = api_service(str_of(service)),
		.op = api_op_of(service, op),
		.access_key_id = access_key_id,
		.r = {.arena = a,
		      .region = STR("us-east-1"),
		      .host = STR("127.0.0.1"),
		      .source_ip = STR("127.0.0.1"),
		      .user_agent = STR("sandbox_call")},
	};

	c.r.in = in ? val_copy(a, in) : val_object(a);
	c.r.request_id =
		arena_printf(a, "%016llx", (unsigned long long)atomic_fetch_add(&s->sequence, 1));
	sandbox_call_run(s, &c, NULL, NULL);
	if (c.ok)
		*out = c.r.out;
	else
		*fault = c.r.fault;
	return c.ok;
}

struct world *sandbox_world(struct sandbox *s)
{
	return s->world;
}

struct str sandbox_admin_key(struct sandbox *s, struct str account_id)
{
	const struct world_account *acct = world_account(s->world, account_id);
	const struct iam_key *key = acct ? seed_admin_key(acct) : NULL;

	return key ? key->id : STR_NULL;
}

void sandbox_advance(struct sandbox *s, int64_t by_ms)
{
	pthread_rwlock_wrlock(&s->lock);
	int64_t now_ms = sandbox_now(s);
	s->world->clock_ms += by_ms;
	replay_log_clock(s, now_ms);
	pthread_rwlock_unlock(&s->lock);
}
