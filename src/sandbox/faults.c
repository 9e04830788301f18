#include "sandbox/faults.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum fault_kind {
	FAULT_LATENCY,
	FAULT_THROTTLE,
	FAULT_RATE,
	FAULT_ERROR,
	FAULT_RESET,
	FAULT_RESET_AFTER,
	FAULT_TRUNCATE,
	FAULT_HTML,
	FAULT_DENY,
};

static const char *const kinds[] = {
	[FAULT_LATENCY] = "latency",   [FAULT_THROTTLE] = "throttle",
	[FAULT_RATE] = "rate",         [FAULT_ERROR] = "error",
	[FAULT_RESET] = "reset",       [FAULT_RESET_AFTER] = "reset-after",
	[FAULT_TRUNCATE] = "truncate", [FAULT_HTML] = "html",
	[FAULT_DENY] = "deny",
};

struct fault {
	enum fault_kind kind;
	struct str service, op; /* patterns */
	double share;           /* 0 … 1 */
	int64_t delay_ms, jitter_ms;
	struct str code;
	struct str account;
	/* The token bucket. */
	double per_ms, burst, tokens;
	int64_t filled_us;
};

struct faults {
	struct arena *arena;
	uint64_t seed;
	struct fault *v;
	size_t n;
	pthread_mutex_t buckets;
};

/* ---- reading ---- */

static bool bad(struct err *err, const char *spec, const char *why)
{
	return err_set(err, ERR_INPUT, "--fault '%s': %s", spec, why);
}

static bool parse_share(struct str s, double *out)
{
	char text[32], *end;

	if (s.n < 2 || s.n >= sizeof(text) || s.p[s.n - 1] != '%')
		return false;
	memcpy(text, s.p, s.n - 1);
	text[s.n - 1] = 0;
	*out = strtod(text, &end) / 100;
	return *end == 0 && end != text && *out >= 0 && *out <= 1;
}

/* "20/s", "20/s+5", "600/m" */
static bool parse_rate(struct fault *f, struct str value)
{
	struct str count, rest, unit, burst;
	int64_t n, most;

	if (!str_cut(value, '/', &count, &rest) || !str_to_i64(count, &n) || n < 1)
		return false;
	bool has_burst = str_cut(rest, '+', &unit, &burst);
	if (!str_eqz(unit, "s") && !str_eqz(unit, "m"))
		return false;
	most = n;
	if (has_burst && (!str_to_i64(burst, &most) || most < 1))
		return false;
	f->per_ms = (double)n / (str_eqz(unit, "s") ? 1000 : 60000);
	f->burst = f->tokens = (double)most;
	f->filled_us = clock_mono_us();
	return true;
}

static bool parse_latency(struct fault *f, struct str value)
{
	struct str base, jitter;
	struct err err = {0};

	if (!str_cut(value, '+', &base, &jitter))
		return duration_parse(base, &f->delay_ms, &err);
	return duration_parse(base, &f->delay_ms, &err) &&
	       duration_parse(jitter, &f->jitter_ms, &err);
}

/* The value may take several fields: error=CODE:SHARE. What is left names service and operation. */
static bool parse_value(struct faults *fs, struct fault *f, struct str *rest, const char *spec,
			struct err *err)
{
	struct str value = STR(""), share;

	str_next(rest, ':', &value);
	switch (f->kind) {
	case FAULT_LATENCY:
		return parse_latency(f, value) ||
		       bad(err, spec, "a duration is missing, as in latency=50ms");
	case FAULT_RATE:
		return parse_rate(f, value) || bad(err, spec, "a rate is missing, as in rate=20/s");
	case FAULT_ERROR:
		f->code = arena_str(fs->arena, value);
		if (value.n == 0 || value.n > 60 || !str_next(rest, ':', &share) ||
		    !parse_share(share, &f->share))
			return bad(err, spec, "it reads error=CODE:1%");
		return true;
	case FAULT_DENY:
		f->account = arena_str(fs->arena, value);
		if (value.n != 12 || !str_all_digits(value))
			return bad(err, spec, "an account id of 12 digits is missing");
		return true;
	default:
		return parse_share(value, &f->share) ||
		       bad(err, spec, "a share is missing, as in reset=1%");
	}
}

static bool parse(struct faults *fs, struct fault *f, const char *spec, struct err *err)
{
	struct str kind, rest, service = STR("*"), op = STR("*");
	struct str names[ARRAY_SIZE(kinds)];
	size_t i;

	if (!str_cut(str_of(spec), '=', &kind, &rest))
		return bad(err, spec, "it reads KIND=VALUE[:SERVICE[:OPERATION]]");
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		names[i] = str_of(kinds[i]);
		if (str_eq(kind, names[i]))
			break;
	}
	if (i == ARRAY_SIZE(kinds)) {
		struct str near = str_nearest(kind, names, ARRAY_SIZE(kinds));
		return err_set(err, ERR_INPUT, "--fault '%s': unknown kind '%.*s'%s%.*s%s", spec,
			       STR_ARG(kind), str_is_null(near) ? "" : ", did you mean '",
			       STR_ARG(near), str_is_null(near) ? "" : "'?");
	}
	f->kind = (enum fault_kind)i;
	if (!parse_value(fs, f, &rest, spec, err))
		return false;
	str_next(&rest, ':', &service);
	str_next(&rest, ':', &op);
	if (!str_is_null(rest))
		return bad(err, spec, "there is too much behind the operation");
	f->service = arena_str(fs->arena, service);
	f->op = arena_str(fs->arena, op);
	return true;
}

struct faults *faults_new(const char *const *specs, size_t n, uint64_t seed, struct err *err)
{
	struct faults *fs = xcalloc(1, sizeof(*fs));

	fs->arena = arena_new();
	fs->seed = seed;
	fs->v = arena_calloc(fs->arena, n + 1, sizeof(*fs->v));
	pthread_mutex_init(&fs->buckets, NULL);
	for (; fs->n < n; fs->n++)
		if (!parse(fs, &fs->v[fs->n], specs[fs->n], err)) {
			faults_free(&fs);
			return NULL;
		}
	return fs;
}

void faults_free(struct faults **fp)
{
	struct faults *fs = *fp;

	if (!fs)
		return;
	pthread_mutex_destroy(&fs->buckets);
	arena_free(&fs->arena);
	free(fs);
	*fp = NULL;
}

bool faults_any(const struct faults *f)
{
	return f->n > 0;
}

/* ---- drawing ---- */

static bool concerns(const struct fault *f, const struct api_service *service, struct str op)
{
	return policy_match(f->service, service->id, true) && policy_match(f->op, op, true);
}

static bool json(const struct api_service *s)
{
	return s->protocol == API_JSON || s->protocol == API_REST_JSON;
}

static void throttled(const struct api_service *service, struct fault_effect *out)
{
	out->refused = true;
	if (str_eqz(service->id, "organizations"))
		out->fault = (struct api_fault){
			.status = 400,
			.code = STR("TooManyRequestsException"),
			.message = STR("AWS Organizations can't complete your request because "
				       "another request is already in progress. Try again later."),
		};
	else
		out->fault = (struct api_fault){.status = 400,
						.code = json(service) ? STR("ThrottlingException")
								      : STR("Throttling"),
						.message = STR("Rate exceeded")};
}

static bool bucket_empty(struct faults *fs, struct fault *f)
{
	int64_t now_us = clock_mono_us();

	pthread_mutex_lock(&fs->buckets);
	f->tokens += (double)(now_us - f->filled_us) / 1000 * f->per_ms;
	f->filled_us = now_us;
	if (f->tokens > f->burst)
		f->tokens = f->burst;
	bool empty = f->tokens < 1;
	if (!empty)
		f->tokens -= 1;
	pthread_mutex_unlock(&fs->buckets);
	return empty;
}

static int status_of(struct str code)
{
	if (str_eqz(code, "ServiceUnavailable") || str_eqz(code, "ServiceUnavailableException"))
		return 503;
	if (str_startsz(code, "Internal") || str_startsz(code, "ServiceFailure") ||
	    str_startsz(code, "ServiceException"))
		return 500;
	return str_eqz(code, "AccessDenied") ? 403 : 400;
}

static void draw_one(struct faults *fs, struct fault *f, struct rng *rng,
		     const struct api_service *service, struct fault_effect *out)
{
	bool hit = rng_unit(rng) < f->share;

	switch (f->kind) {
	case FAULT_LATENCY:
		out->delay_ms += f->delay_ms;
		if (f->jitter_ms)
			out->delay_ms += (int64_t)rng_below(rng, (uint64_t)f->jitter_ms + 1);
		break;
	case FAULT_THROTTLE:
		if (hit)
			throttled(service, out);
		break;
	case FAULT_RATE:
		if (bucket_empty(fs, f))
			throttled(service, out);
		break;
	case FAULT_ERROR:
		if (!hit)
			break;
		out->refused = true;
		out->fault = (struct api_fault){.status = status_of(f->code),
						.code = f->code,
						.message = STR("injected by --fault")};
		break;
	case FAULT_RESET:
		out->reset |= hit;
		break;
	case FAULT_RESET_AFTER:
		out->reset_after |= hit;
		break;
	case FAULT_TRUNCATE:
		out->truncate |= hit;
		break;
	case FAULT_HTML:
		out->html |= hit;
		break;
	case FAULT_DENY:
		break; /* when it is known who calls: faults_denies */
	}
}

void faults_draw(struct faults *fs, uint64_t sequence, const struct api_service *service,
		 struct str op, struct fault_effect *out)
{
	for (size_t i = 0; i < fs->n; i++) {
		struct rng rng;

		if (!concerns(&fs->v[i], service, op))
			continue;
		rng_seed(&rng, fs->seed ^ (sequence * 64 + i) * UINT64_C(0x9E3779B97F4A7C15));
		draw_one(fs, &fs->v[i], &rng, service, out);
		if (out->refused || out->reset || out->html)
			return;
	}
}

/* "210000000011", "arn:aws:iam::210000000011:root", "arn:aws:iam::210000000011:role/R" */
static bool is_about(struct str target, struct str account)
{
	ptrdiff_t at = str_find(target, account);

	return at >= 0;
}

bool faults_denies(const struct faults *fs, const struct sandbox_request *r)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct fault *f = &fs->v[i];

		if (f->kind != FAULT_DENY || !concerns(f, r->op->service, r->op->name))
			continue;
		if (str_eq(r->who->account->id, f->account) ||
		    is_about(val_get_str(r->in, "TargetPrincipal"), f->account) ||
		    is_about(val_get_str(r->in, "RoleArn"), f->account))
			return true;
	}
	return false;
}
