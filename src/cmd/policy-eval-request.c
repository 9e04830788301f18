/* Who asks for what: from options, or from an event that CloudTrail recorded. */

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "cmd/policy-common.h"
#include "cmd/policy-eval.h"
#include "policy/catalogue.h"
#include "policy/context.h"
#include "text/json.h"
#include "text/show.h"

/* ---- the role of a permission set ---- */

#define RESERVED "AWSReservedSSO_"
#define SUFFIX 17 /* '_' and 16 hexadecimal digits */

/*
 * Roles of permission sets: "AWSReservedSSO_permission-set-name_unique-suffix". It is the
 * role's name that counts: whoever begins a session may name it anything, also like this.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/using-iam-identity-center-roles.html
 */
struct str eval_permission_set(struct str arn)
{
	const struct str session = STR(":assumed-role/"), role = STR(":role/");
	ptrdiff_t at = str_find(arn, session);
	struct str name = STR_NULL, rest;

	if (at >= 0)
		str_cut(str_from(arn, (size_t)at + session.n), '/', &name, &rest);
	else if (str_find(arn, role) >= 0)
		name = path_base(arn);
	if (!str_startsz(name, RESERVED))
		return STR_NULL;
	name = str_from(name, sizeof(RESERVED) - 1);
	return name.n > SUFFIX && name.p[name.n - SUFFIX] == '_' ? str_sub(name, 0, name.n - SUFFIX)
								 : STR_NULL;
}

/* ---- keys ---- */

void eval_add_key(struct eval *e, const char *name, struct str value)
{
	for (size_t i = 0; i < e->req.nkeys; i++) {
		if (str_eq_nocase(e->req.keys[i].name, str_of(name)))
			return;
	}
	if (!str_is_null(value))
		policy_context_add(&e->req, e->arena, str_of(name), value);
}

/* ---- from an event ---- */

/* A whole event has these; what is around events has not. */
static bool is_event(const struct val *v)
{
	return val_get(v, "eventName") || val_get(v, "userIdentity");
}

struct events {
	const struct val **v;
	size_t n, cap;
};

static void add_event(struct eval *e, struct events *all, const struct val *v)
{
	all->v = arena_grow(e->arena, all->v, all->n, &all->cap, sizeof(*all->v));
	all->v[all->n++] = v;
}

/* In one text: one event; a file of CloudTrail's; or what `aws cloudtrail lookup-events` prints. */
static bool add_events(struct eval *e, const char *path, const struct val *v, struct events *all)
{
	struct val *inner;

	if (is_event(v))
		add_event(e, all, v);
	VAL_EACH(record, val_get(v, "Records"))
	add_event(e, all, record);
	VAL_EACH(found, val_get(v, "Events"))
	{
		if (!json_read(val_get_str(found, "CloudTrailEvent"), JSON_LONE_SURROGATES,
			       e->arena, &inner, &e->c->err))
			return err_wrap(&e->c->err, "a CloudTrailEvent of '%s', in its text", path);
		add_event(e, all, inner);
	}
	return true;
}

/* One event a line, as `rootout sandbox events` prints them; *is: that is what it is. */
static bool add_lines(struct eval *e, struct str text, struct events *all, bool *is)
{
	struct err *err = &e->c->err;
	struct str line;
	struct val *v;

	for (int n = 1; str_next(&text, '\n', &line); n++) {
		if (!str_trim(line).n)
			continue;
		if (!json_read(line, JSON_LONE_SURROGATES, e->arena, &v, err)) {
			err->line = (uint32_t)n;
			return false;
		}
		*is = true;
		if (is_event(v))
			add_event(e, all, v);
	}
	return true;
}

static bool read_events(struct eval *e, const char *path, struct events *all)
{
	struct cmd *c = e->c;
	struct str text;
	struct val *v;
	struct err whole;
	bool lines = false;

	if (!file_read(path, LIMIT_RESPONSE_BYTES, c->arena, &text, &c->err))
		return false;
	if (str_startsz(text, "\x1f\x8b"))
		return err_at(&c->err, path, 0, 0,
			      "compressed, as CloudTrail's files are: give what 'gunzip -c' makes "
			      "of it");
	if (json_read(text, JSON_LONE_SURROGATES, e->arena, &v, &c->err))
		return add_events(e, path, v, all);
	whole = c->err;
	if (add_lines(e, text, all, &lines)) {
		err_clear(&c->err);
		return true;
	}
	if (!lines)
		c->err = whole;
	(void)snprintf(c->err.path, sizeof(c->err.path), "%s", path);
	return false;
}

static bool find_events(struct eval *e, const char *path, struct events *all)
{
	if (!read_events(e, path, all))
		return false;
	if (!all->n)
		return err_set(
			&e->c->err, ERR_INPUT,
			"'%s' holds no event: give one as CloudTrail records it, a file of "
			"\"Records\", one a line, or what 'aws cloudtrail lookup-events' prints",
			path);
	return true;
}

static bool choose_event(struct eval *e, const char *path)
{
	const char *id = cmd_text(e->c, "event-id");
	struct events all = {0};

	if (!find_events(e, path, &all))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		if (id ? str_eqz(val_get_str(all.v[i], "eventID"), id) : all.n == 1)
			e->recorded = all.v[i];
	}
	if (e->recorded)
		return true;
	return id ? err_set(&e->c->err, ERR_INPUT, "'%s' has no event with id '%s'", path, id)
		  : err_set(&e->c->err, ERR_INPUT,
			    "'%s' holds %zu events: say which with --event-id ID", path, all.n);
}

/* s3:ListAllMyBuckets: no policy can name a resource of it but "*". */
static bool is_about_nothing(struct cmd *c, struct str action)
{
	struct catalogue *all = catalogue_open(c->arena);
	const struct catalogue_action *found;
	struct catalogue_service *s;
	struct str service, name;

	str_cut(action, ':', &service, &name);
	s = catalogue_service(all, service);
	found = s ? catalogue_action(s, name) : NULL;
	return found && !found->nresources;
}

/* What the event does not tell, and the decision may hang on. */
static void note_unknown(const struct eval *e)
{
	const struct policy_event *x = &e->event;
	struct cmd *c = e->c;

	if (x->nameless)
		cmd_note(c,
			 "the event has the caller's unique id only, not its name: policies that "
			 "name it are not seen to match%s%.*s%s",
			 x->shared_id.n ? "; the event of the caller's own account has the name "
					  "(sharedEventID "
					: "",
			 STR_ARG(show_short(c->arena, x->shared_id)), x->shared_id.n ? ")" : "");
	if (x->role_path_unknown)
		cmd_note(c, "the event does not tell the path of the caller's role: "
			    "aws:PrincipalArn is without");
	if (x->action_unknown)
		cmd_note(c,
			 "which permission such a call needs depends on what it asks for: it is "
			 "taken as %.*s",
			 STR_ARG(show_short(c->arena, x->request.action)));
	if (!x->resource_known && !is_about_nothing(c, x->request.action))
		cmd_note(c, "the event does not tell the resource's ARN: it is taken as '*'");
	if (x->resource_path_unknown)
		cmd_note(c,
			 "the event does not tell the path of the user, role or group that it is "
			 "about: its ARN is without");
}

static bool from_event(struct eval *e, const char *path, const struct policy_key *keys,
		       size_t nkeys)
{
	struct cmd *c = e->c;
	struct policy_key *both;

	if (!choose_event(e, path))
		return false;
	policy_event_read(e->recorded, e->arena, &e->event);
	if (e->event.kind == POLICY_EVENT_UNREADABLE)
		return err_set(&c->err, ERR_INPUT, "%s: the event cannot be asked about: %s", path,
			       e->event.why);
	e->req = e->event.request;
	/* What the command line says comes first, and so wins. */
	both = arena_calloc(e->arena, nkeys + e->req.nkeys, sizeof(*both));
	if (nkeys)
		memcpy(both, keys, nkeys * sizeof(*both));
	if (e->req.nkeys)
		memcpy(both + nkeys, e->req.keys, e->req.nkeys * sizeof(*both));
	e->req.keys = both;
	e->req.nkeys += nkeys;
	if (e->event.kind == POLICY_EVENT_REQUEST)
		note_unknown(e);
	return true;
}

/* ---- from options ---- */

/*
 * Groups are none, because they relate to permissions and not to authentication; and the engine
 * would have to take what else is wrong here for somebody without an account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
static bool is_principal(struct str as)
{
	static const char *const types[] = {"user/",           "role/",          "assumed-role/",
					    "federated-user/", "saml-provider/", "oidc-provider/"};
	struct str rest = as, part;

	if (str_eqz(as, "*"))
		return true;
	if (!str_startsz(as, "arn:"))
		return str_chr(as, '.') > 0 && str_chr(as, ':') < 0;
	for (int i = 0; i < 5; i++)
		str_cut(rest, ':', &part, &rest);
	/* An origin access identity of CloudFront's has this for an account. */
	if (str_is_null(policy_arn_account(as)) && !str_eqz(part, "cloudfront"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (str_startsz(rest, types[i]) && rest.n > strlen(types[i]))
			return true;
	}
	return str_eqz(rest, "root");
}

static bool from_options(struct eval *e, const struct policy_key *keys, size_t nkeys)
{
	const char *as = cmd_text(e->c, "as"), *action = cmd_text(e->c, "action");
	const char *resource = cmd_text(e->c, "resource");
	char now[TIME_ISO_SIZE];

	if (!as || !action)
		return err_set(&e->c->err, ERR_INPUT,
			       "who asks, and for what? give --as ARN and --action SERVICE:NAME, "
			       "or --event FILE");
	if (!is_principal(str_of(as)))
		return err_set(
			&e->c->err, ERR_INPUT,
			"--as '%s' is no principal: give the ARN of a user, role or session, "
			"arn:aws:iam::ACCOUNT:root, a service (ec2.amazonaws.com), or '*'",
			as);
	if (!policy_cmd_action(e->c, str_of(action)) ||
	    (resource && !policy_cmd_resource(e->c, str_of(resource))))
		return false;
	e->req = (struct policy_request){
		.principal = str_of(as),
		.action = str_of(action),
		.resource = str_of(resource ? resource : "*"),
		.keys = keys,
		.nkeys = nkeys,
	};
	/* Every request to AWS has these two; TLS is what every SDK uses. */
	eval_add_key(e, "aws:CurrentTime",
		     arena_strz(e->arena, time_iso(clock_now_ms(NULL), false, now)));
	eval_add_key(e, "aws:SecureTransport", STR("true"));
	return true;
}

bool eval_read_request(struct eval *e)
{
	static const char *const replaced[] = {"as", "action", "resource"};
	struct cmd *c = e->c;
	const char *event = cmd_text(c, "event"), *owner = cmd_text(c, "resource-account");
	struct policy_key *keys;
	size_t nkeys;

	for (size_t i = 0; event && i < ARRAY_SIZE(replaced); i++) {
		if (cmd_text(c, replaced[i]))
			return err_set(&c->err, ERR_INPUT,
				       "--event and --%s: the event says that already",
				       replaced[i]);
	}
	if (!event && cmd_text(c, "event-id"))
		return err_set(&c->err, ERR_INPUT, "--event-id chooses from the file of --event");
	if (!policy_cmd_keys(c, &keys, &nkeys))
		return false;
	if (event ? !from_event(e, event, keys, nkeys) : !from_options(e, keys, nkeys))
		return false;
	if (owner && (strlen(owner) != 12 || !str_all_digits(str_of(owner))))
		return err_set(&c->err, ERR_INPUT,
			       "--resource-account '%s': an account's id has 12 digits", owner);
	if (owner)
		e->req.resource_account = str_of(owner);
	e->req.management |= cmd_flag(c, "management");
	e->req.service_linked_role |= cmd_flag(c, "service-linked");
	return true;
}
