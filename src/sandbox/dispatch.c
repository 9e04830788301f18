#include "sandbox/dispatch.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "sandbox/sandbox-private.h"
#include "sandbox/services.h"

/* ---- which service ---- */

/* The value of a form's field, as it stands (the values asked for need no decoding). */
static struct str form_field(struct str form, const char *name)
{
	struct str pair, key, value;

	while (str_next(&form, '&', &pair)) {
		str_cut(pair, '=', &key, &value);
		if (str_eqz(key, name))
			return value;
	}
	return STR_NULL;
}

static struct str query_field(const struct server_request *http, const char *name)
{
	struct str v = form_field(http->body, name);

	return str_is_null(v) ? form_field(http->query, name) : v;
}

static const struct api_service *service_by_version(struct str version)
{
	const struct api_service *s;

	if (str_is_empty(version))
		return NULL;
	for (size_t i = 0; (s = api_service_at(i)); i++)
		if (s->protocol == API_QUERY && str_eq(s->api_version, version))
			return s;
	return NULL;
}

/* "sts.eu-west-1.amazonaws.com" */
static const struct api_service *service_by_host(struct str host)
{
	struct str first, rest;
	const struct api_service *s;

	if (!str_cut(host, '.', &first, &rest))
		return NULL;
	for (size_t i = 0; (s = api_service_at(i)); i++)
		if (str_eq(s->endpoint_prefix, first))
			return s;
	return NULL;
}

static const struct api_service *which_service(const struct server_request *http,
					       const struct sign_claim *claim)
{
	const struct api_service *s = NULL;
	struct str op;

	if (claim)
		return api_service_by_signing_name(claim->service);
	s = api_service_by_target(server_header(http, "x-amz-target"), &op);
	if (!s)
		s = service_by_version(query_field(http, "Version"));
	return s ? s : service_by_host(server_header(http, "host"));
}

/* ---- answers ---- */

static void answer(const struct wire_response *from, struct server_response *to)
{
	to->status = from->status;
	memcpy(to->headers, from->headers, from->nheaders * sizeof(from->headers[0]));
	to->nheaders = from->nheaders;
	to->body = from->body;
}

/* The version-4 form of a UUID, as AWS's request ids have it. */
static struct str new_request_id(struct sandbox *s, uint64_t sequence, struct arena *a)
{
	struct rng rng;
	unsigned char raw[16];
	char *id = arena_alloc(a, 37);
	char hex[33];

	rng_seed(&rng, s->seed ^ (sequence * UINT64_C(0xD1B54A32D192ED03) + 1));
	for (size_t i = 0; i < sizeof(raw); i += 8) {
		uint64_t u = rng_u64(&rng);
		memcpy(raw + i, &u, 8);
	}
	raw[6] = (unsigned char)((raw[6] & 0x0F) | 0x40);
	raw[8] = (unsigned char)((raw[8] & 0x3F) | 0x80);
	hex_put(raw, sizeof(raw), hex);
	static const unsigned char part[] = {8, 4, 4, 4, 12};
	char *to = id;
	const char *from = hex;
	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		if (i)
			*to++ = '-';
		memcpy(to, from, part[i]);
		to += part[i];
		from += part[i];
	}
	return str_ofn(id, 36);
}

struct encoding {
	struct wire_response resp;
};

static void encode(struct call *c, void *ctx)
{
	struct encoding *e = ctx;
	struct sandbox_request *r = &c->r;

	if (c->ok)
		wire_put_response(c->op, r->out, r->request_id, r->arena, &e->resp);
	else
		wire_put_fault(c->service, c->op, &r->fault, r->request_id, r->arena, &e->resp);
}

static void refuse(const struct api_service *service, const struct api_op *op,
		   const struct api_fault *fault, struct str id, struct arena *a,
		   struct server_response *resp)
{
	struct wire_response w;

	wire_put_fault(service, op, fault, id, a, &w);
	answer(&w, resp);
}

static void unknown_service(const struct server_request *http, const struct sign_claim *claim,
			    struct str id, struct server_response *resp)
{
	struct api_fault fault = {.status = 501, .code = STR("NotImplemented")};

	if (claim)
		fault.message = arena_printf(http->arena, "The sandbox does not serve '%.*s'.",
					     STR_ARG(str_sub(claim->service, 0, 64)));
	else
		fault = (struct api_fault){.status = 403,
					   .code = STR("MissingAuthenticationToken"),
					   .message =
						   STR("Request is missing Authentication Token")};
	refuse(api_service(STR("sts")), NULL, &fault, id, http->arena, resp);
}

/* A proxy's page, as a client behind one gets it when AWS does not answer. */
static void html_page(struct server_response *resp)
{
	resp->status = 502;
	resp->nheaders = 0;
	server_add_header(resp, "Content-Type", STR("text/html"));
	resp->body = STR("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
			 "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n");
}

/* ---- the road ---- */

/* true: the answer is made, nothing is carried out. */
static bool fault_before(const struct fault_effect *e, const struct call *c, struct str op,
			 struct sandbox *s, struct server_response *resp)
{
	resp->delay_ms = e->delay_ms;
	if (e->refused) {
		refuse(c->service, c->op, &e->fault, c->r.request_id, c->r.arena, resp);
		sandbox_call_count(s, c->service, op, e->fault.code);
	} else if (e->reset) {
		resp->status = 500;
		resp->reset = true;
		sandbox_call_count(s, c->service, op, STR("(reset)"));
	} else if (e->html) {
		html_page(resp);
		sandbox_call_count(s, c->service, op, STR("(html)"));
	} else {
		return false;
	}
	return true;
}

static void fault_after(const struct fault_effect *e, struct server_response *resp)
{
	if (e->reset_after)
		resp->reset = true;
	else if (e->truncate && resp->body.n > 1)
		resp->truncate_at = resp->body.n / 2;
}

/* Operations that nobody signs: told apart from calls that forgot to. */
static bool unsigned_operation(const struct api_op *op)
{
	return op && str_eqz(op->service->id, "sts") && str_startsz(op->name, "AssumeRoleWith");
}

static void internal_failure(struct call *c, struct server_response *resp)
{
	const struct api_fault fault = {
		.status = 500,
		.code = STR("InternalFailure"),
		.message = STR("The sandbox could not write its log; see its standard error."),
	};

	refuse(c->service, c->op, &fault, c->r.request_id, c->r.arena, resp);
}

static void read_call(const struct server_request *http, struct call *c)
{
	struct sandbox_request *r = &c->r;

	r->arena = http->arena;
	r->region = c->claim ? c->claim->region : STR("us-east-1");
	r->host = server_header(http, "host");
	r->source_ip = http->peer;
	r->user_agent = server_header(http, "user-agent");
	if (!wire_get_request(c->service, http->method, http->path, http->query, http->headers,
			      http->nheaders, http->body, http->arena, &c->op, &r->in,
			      &c->parse_fault))
		r->in = NULL;
}

/* A clock that was moved is told, so that a client can keep its waits and deadlines by it. */
static void put_date(const struct call *c, struct server_response *resp)
{
	char text[TIME_ISO_SIZE];
	int64_t ahead_ms = c->r.now_ms - clock_now_ms(NULL);

	if (c->r.now_ms && (ahead_ms > 1000 || ahead_ms < -1000))
		server_add_header(resp, "Date",
				  arena_strz(c->r.arena, time_http(c->r.now_ms, text)));
}

static void serve(struct sandbox *s, const struct server_request *http,
		  struct server_response *resp)
{
	uint64_t sequence = atomic_fetch_add(&s->sequence, 1);
	struct sign_claim claim;
	struct sign_refusal no_claim = {0};
	struct call c = {.http = http};
	struct fault_effect effect = {0};
	struct encoding e = {0};

	if (sign_parse(http->method, http->path, http->query, http->headers, http->nheaders,
		       http->arena, &claim, &no_claim))
		c.claim = &claim;
	c.no_claim = &no_claim;
	c.r.request_id = new_request_id(s, sequence, http->arena);
	c.service = which_service(http, c.claim);
	if (!c.service) {
		unknown_service(http, c.claim, c.r.request_id, resp);
		return;
	}
	read_call(http, &c);
	/* A request that cannot be read still names its operation in what is counted. */
	struct str op = c.op ? c.op->name : STR("-");
	if (faults_any(s->faults)) {
		faults_draw(s->faults, sequence, c.service, op, &effect);
		if (fault_before(&effect, &c, op, s, resp))
			return;
	}
	if (!c.claim && unsigned_operation(c.op)) {
		sandbox_fault(&c.r, 501, "NotImplemented", "The sandbox does not serve sts:%.*s.",
			      STR_ARG(op));
		refuse(c.service, c.op, &c.r.fault, c.r.request_id, http->arena, resp);
		return;
	}
	if (c.op && !c.r.in) /* known, but its input cannot be read: told after who calls */
		c.op = NULL;
	sandbox_call_run(s, &c, encode, &e);
	answer(&e.resp, resp);
	put_date(&c, resp);
	if (s->failed)
		internal_failure(&c, resp);
	sandbox_call_count(s, c.service, op, c.ok ? STR("OK") : c.r.fault.code);
	fault_after(&effect, resp);
}

void sandbox_handle(const struct server_request *req, struct server_response *resp, void *ctx)
{
	struct sandbox *s = ctx;

	if (control_is(req->path))
		control_handle(s, req, resp);
	else
		serve(s, req, resp);
}

void sandbox_call_count(struct sandbox *s, const struct api_service *service, struct str op,
			struct str code)
{
	char key[192];
	size_t n = 0;
	const struct str parts[] = {service->id, op, code};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct str p = str_sub(parts[i], 0, 60);
		memcpy(key + n, p.p ? p.p : "", p.n);
		n += p.n;
		key[n++] = ' ';
	}
	pthread_mutex_lock(&s->counts_mutex);
	struct call_count *count = map_get(&s->counts, str_ofn(key, n));
	if (!count) {
		count = arena_new_of(s->counts_arena, struct call_count);
		count->service = service->id.p;
		count->op = arena_str(s->counts_arena, op);
		count->code = arena_str(s->counts_arena, code);
		map_put(&s->counts, arena_str(s->counts_arena, str_ofn(key, n)), count);
	}
	count->n++;
	pthread_mutex_unlock(&s->counts_mutex);
}
