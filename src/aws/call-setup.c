/* struct aws: settings from the command line, the environment and the files. */

#include <stdlib.h>
#include <string.h>

#include "aws/call-private.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/version.h"

/* An option, a variable, a profile's key: the first that says something. */
static struct str setting(struct aws *aws, const char *option, const char *variable,
			  const char *key)
{
	const char *v = option ? option : getenv(variable);

	if (v && *v)
		return str_of(v);
	return aws_config_get(aws->config, aws_config_profile(aws->config), key);
}

static bool read_retry(struct aws *aws, const struct aws_settings *s, struct err *err)
{
	struct str mode = setting(aws, s->retry_mode, "AWS_RETRY_MODE", "retry_mode");
	struct str max = setting(aws, NULL, "AWS_MAX_ATTEMPTS", "max_attempts");
	int64_t attempts = s->max_attempts;

	if (!str_is_null(mode) && !str_eqz(mode, "standard") && !str_eqz(mode, "adaptive") &&
	    !str_eqz(mode, "legacy"))
		return err_set(err, ERR_INPUT,
			       "retry mode is '%.*s', but can be 'standard' or 'adaptive'",
			       STR_ARG(str_sub(mode, 0, 60)));
	aws->adaptive = str_is_null(mode) || str_eqz(mode, "adaptive");
	if (attempts == 0 && !str_is_null(max) && (!str_to_i64(max, &attempts) || attempts < 1))
		return err_set(err, ERR_INPUT,
			       "max_attempts (AWS_MAX_ATTEMPTS) is '%.*s', but must be 1 or more",
			       STR_ARG(str_sub(max, 0, 60)));
	if (attempts < 0)
		return err_set(err, ERR_INPUT, "attempts must be 1 or more");
	if (attempts == 0)
		attempts = aws->adaptive ? 8 : 3;
	aws->max_attempts = attempts < 100 ? (unsigned)attempts : 100;
	return true;
}

static bool read_region(struct aws *aws, const struct aws_settings *s)
{
	struct str region =
		s->region && *s->region ? str_of(s->region) : aws_config_region(aws->config);

	if (str_is_empty(region)) {
		region = STR("us-east-1");
		log_debug("no region is set", LOG_V("taken", region));
	}
	aws->region = arena_str(aws->arena, region);
	return true;
}

/* FIPS is a promise to an auditor: not to be ignored in silence. */
static bool refuse_fips(struct aws *aws, struct err *err)
{
	struct str fips = setting(aws, NULL, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");

	if (!str_eq_nocase(fips, STR("true")) || aws->endpoint_url)
		return true;
	return err_set(
		err, ERR_INPUT,
		"use_fips_endpoint (AWS_USE_FIPS_ENDPOINT) is set, which is not supported "
		"yet; name the FIPS endpoints with AWS_ENDPOINT_URL_STS and so on, and unset "
		"it");
}

static bool make_http(struct aws *aws, const struct aws_settings *s, struct err *err)
{
	struct str bundle = setting(aws, s->ca_bundle, "AWS_CA_BUNDLE", "ca_bundle");
	struct http_options opt = {
		.ca_bundle = str_is_null(bundle) ? NULL : arena_dupz(aws->arena, bundle),
		.timeout_ms = s->timeout_ms,
		.user_agent = "rootout/" ROOTOUT_VERSION,
		.no_verify_tls = s->no_verify_ssl,
	};

	aws->http = http_client_new(&opt, err);
	return aws->http != NULL;
}

struct aws *aws_new(const struct aws_settings *s, struct err *err)
{
	struct aws *aws = xcalloc(1, sizeof(*aws));

	aws->arena = arena_new();
	pthread_mutex_init(&aws->lock, NULL);
	identity_init(&aws->own, aws);
	aws->own.own = true;
	aws->clock = s->clock;
	aws->connections = s->connections ? s->connections : LIMIT_CONNECTIONS;
	aws->endpoint_url = s->endpoint_url && *s->endpoint_url
				    ? arena_dupz(aws->arena, str_of(s->endpoint_url))
				    : NULL;
	retry_tokens_init(&aws->tokens);
	aws->config = aws_config_load(s->profile, err);
	if (!aws->config || !read_region(aws, s) || !read_retry(aws, s, err) ||
	    !refuse_fips(aws, err) || !make_http(aws, s, err)) {
		aws_free(&aws);
		return NULL;
	}
	aws->buckets = buckets_new(aws->adaptive);
	return aws;
}

void aws_free(struct aws **awsp)
{
	struct aws *aws = *awsp;

	if (!aws)
		return;
	identity_release(&aws->own);
	buckets_free(&aws->buckets);
	http_client_free(&aws->http);
	aws_config_free(&aws->config);
	arena_free(&aws->arena);
	pthread_mutex_destroy(&aws->lock);
	free(aws);
	*awsp = NULL;
}

unsigned aws_connections(const struct aws *aws)
{
	return aws->connections;
}

struct str aws_region(const struct aws *aws)
{
	return aws->region;
}

struct str aws_partition(const struct aws *aws)
{
	return partition_of_region(aws->region);
}

int64_t aws_now_ms(const struct aws *aws)
{
	return clock_now_ms(aws->clock) + atomic_load(&aws->ahead_ms);
}

struct clock *aws_clock(const struct aws *aws)
{
	return aws->clock;
}

const struct endpoint *aws_endpoint_of(struct aws *aws, const struct api_service *s,
				       struct err *err)
{
	struct service_endpoint *e;
	struct endpoint at;
	struct str url = str_of(aws->endpoint_url);

	pthread_mutex_lock(&aws->lock);
	for (e = aws->endpoints; e && e->service != s; e = e->next)
		;
	if (!e) {
		if (str_is_null(url))
			url = aws_config_endpoint_url(aws->config, s->sdk_id);
		if (endpoint_resolve(s, aws->region, url, aws->arena, &at, err)) {
			e = arena_new_of(aws->arena, struct service_endpoint);
			*e = (struct service_endpoint){s, at, aws->endpoints};
			aws->endpoints = e;
		}
	}
	pthread_mutex_unlock(&aws->lock);
	return e ? &e->at : NULL;
}

struct str aws_endpoint(struct aws *aws, struct str service)
{
	const struct api_service *s = api_service(service);
	struct err ignored = {0};
	const struct endpoint *at;

	if (!s)
		BUG("no service '%.*s'", STR_ARG(service));
	at = aws_endpoint_of(aws, s, &ignored);
	return at ? at->url : STR_NULL;
}

struct aws_worker *aws_worker_new(struct aws *aws)
{
	struct aws_worker *w = xcalloc(1, sizeof(*w));
	uint64_t seed;

	w->aws = aws;
	w->conn = http_conn_new(aws->http);
	w->scratch = arena_new();
	rng_bytes(&seed, sizeof(seed));
	rng_seed(&w->rng, seed);
	return w;
}

void aws_worker_free(struct aws_worker **w)
{
	if (!*w)
		return;
	http_conn_free(&(*w)->conn);
	arena_free(&(*w)->scratch);
	free(*w);
	*w = NULL;
}

void *aws_pool_worker_init(void *ctx)
{
	return aws_worker_new(ctx);
}

void aws_pool_worker_done(void *worker, void *ctx)
{
	struct aws_worker *w = worker;

	(void)ctx;
	aws_worker_free(&w);
}

struct aws_totals aws_totals(const struct aws *aws)
{
	return (struct aws_totals){
		.calls = atomic_load(&aws->calls),
		.attempts = atomic_load(&aws->attempts),
		.throttled = atomic_load(&aws->throttled),
		.retried = atomic_load(&aws->retried),
		.connections = http_client_connections(aws->http),
	};
}
