#include "policy/cases.h"

#include <string.h>

#include "policy/eval.h"
#include "text/json.h"

struct reader {
	struct arena *arena;
	struct err *err;
};

static bool known_members(const struct reader *r, const struct val *v, const char *what,
			  const char *const *names)
{
	VAL_EACH(m, v)
	{
		struct str all[20];
		size_t n = 0;
		while (names[n] && !str_eqz(m->name, names[n])) {
			all[n] = str_of(names[n]);
			n++;
		}
		if (names[n])
			continue;
		struct str near = str_nearest(m->name, all, n);
		if (near.n)
			return err_set(r->err, ERR_INPUT,
				       "unknown member '%.*s' of %s, did you mean '%.*s'?",
				       STR_ARG(m->name), what, STR_ARG(near));
		return err_set(r->err, ERR_INPUT, "unknown member '%.*s' of %s", STR_ARG(m->name),
			       what);
	}
	return true;
}

static bool kind_named(struct str s, enum policy_kind *out)
{
	static const char *const names[] = {
		[POLICY_IDENTITY] = "identity", [POLICY_BOUNDARY] = "boundary",
		[POLICY_SESSION] = "session",   [POLICY_RESOURCE] = "resource",
		[POLICY_SCP] = "scp",           [POLICY_RCP] = "rcp",
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eqz(s, names[i])) {
			*out = (enum policy_kind)i;
			return true;
		}
	}
	return false;
}

static struct str document_text(const struct reader *r, const struct val *doc)
{
	return val_is(doc, VAL_STRING) ? val_str(doc) : json_text(r->arena, doc);
}

static bool is_full_access_rcp(const struct val *doc)
{
	struct val *st = val_get(doc, "Statement");
	if (val_is(st, VAL_LIST) && val_count(st) == 1)
		st = val_first(st);
	return str_eqz(val_get_str(st, "Effect"), "Allow") &&
	       str_eqz(val_get_str(st, "Principal"), "*") &&
	       str_eqz(val_get_str(st, "Action"), "*") &&
	       str_eqz(val_get_str(st, "Resource"), "*") && !val_get(st, "Condition");
}

static const struct policy *one_policy(const struct reader *r, const struct val *doc,
				       enum policy_kind kind, struct str name)
{
	if (kind == POLICY_RCP && is_full_access_rcp(doc))
		name = STR("RCPFullAWSAccess");
	return policy_parse_kept(document_text(r, doc), kind, name, r->arena, r->err);
}

static bool read_list(const struct reader *r, const struct val *v, enum policy_kind kind,
		      struct str name, struct policy_list *out)
{
	if (!val_is(v, VAL_LIST))
		return err_set(r->err, ERR_INPUT, "'%.*s' must be a list of policies",
			       STR_ARG(name));
	const struct policy **all = arena_calloc(r->arena, val_count(v), sizeof(struct policy *));
	size_t n = 0;
	VAL_EACH(doc, v)
	{
		struct str label = arena_printf(r->arena, "%.*s[%zu]", STR_ARG(name), n);
		all[n] = one_policy(r, doc, kind, label);
		if (!all[n++])
			return false;
	}
	*out = (struct policy_list){all, n};
	return true;
}

static bool read_levels(const struct reader *r, const struct val *v, enum policy_kind kind,
			struct str name, const struct policy_list **out, size_t *nout)
{
	if (!val_is(v, VAL_LIST))
		return err_set(r->err, ERR_INPUT, "'%.*s' must be a list of levels", STR_ARG(name));
	struct policy_list *levels = arena_calloc(r->arena, val_count(v), sizeof(*levels));
	size_t n = 0;
	VAL_EACH(level, v)
	{
		struct str label = arena_printf(r->arena, "%.*s[%zu]", STR_ARG(name), n);
		if (!read_list(r, level, kind, label, &levels[n++]))
			return false;
	}
	*out = levels;
	*nout = n;
	return true;
}

static bool read_kind(const struct reader *r, const struct val *v, enum policy_kind kind,
		      struct policy_set *set)
{
	switch (kind) {
	case POLICY_IDENTITY:
		set->has_identity = true;
		return read_list(r, v, kind, v->name, &set->identity);
	case POLICY_SESSION:
		set->has_session = true;
		return read_list(r, v, kind, v->name, &set->session);
	case POLICY_RESOURCE:
		set->has_resource = true;
		return read_list(r, v, kind, v->name, &set->resource);
	case POLICY_BOUNDARY:
		set->has_boundary = true;
		set->boundary = one_policy(r, v, kind, v->name);
		return set->boundary != NULL;
	case POLICY_SCP:
		return read_levels(r, v, kind, v->name, &set->scp, &set->nscp);
	case POLICY_RCP:
		return read_levels(r, v, kind, v->name, &set->rcp, &set->nrcp);
	}
	return false;
}

static bool read_set(const struct reader *r, const struct val *v, struct policy_set *set)
{
	if (v && !val_is(v, VAL_OBJECT))
		return err_set(r->err, ERR_INPUT,
			       "'policies' must be an object, kind by kind: {\"identity\": [...]}");
	set->has_identity = val_count(v) == 0;
	VAL_EACH(m, v)
	{
		enum policy_kind kind;
		if (!kind_named(m->name, &kind))
			return err_set(r->err, ERR_INPUT, "unknown kind of policy '%.*s'",
				       STR_ARG(m->name));
		if (!read_kind(r, m, kind, set))
			return false;
	}
	return true;
}

/* A key's value as text; false for what is neither string, number nor boolean. */
static bool key_text(const struct reader *r, const struct val *v, struct str *out)
{
	if (val_is(v, VAL_BOOL))
		*out = val_true(v) ? STR("true") : STR("false");
	else if (val_is(v, VAL_INT))
		*out = arena_printf(r->arena, "%lld", (long long)val_i64(v, 0));
	else
		*out = val_str(v);
	return !str_is_null(*out);
}

static bool read_context(const struct reader *r, const struct val *v, struct policy_request *req)
{
	struct policy_key *keys = arena_calloc(r->arena, val_count(v), sizeof(*keys));
	size_t n = 0;
	VAL_EACH(m, v)
	{
		bool multi = val_is(m, VAL_LIST);
		struct str *values =
			arena_calloc(r->arena, multi ? val_count(m) : 1, sizeof(*values));
		size_t k = 0;
		bool good = true;
		VAL_EACH(item, multi ? m : NULL)
		{
			good &= key_text(r, item, &values[k++]);
		}
		if (!multi)
			good = key_text(r, m, &values[k++]);
		if (!good)
			return err_set(
				r->err, ERR_INPUT,
				"the context key '%.*s' must be a string or a list of strings",
				STR_ARG(m->name));
		keys[n++] = (struct policy_key){m->name, {values, k, multi}};
	}
	req->keys = keys;
	req->nkeys = n;
	return true;
}

static bool expects(const struct reader *r, const struct policy_case *c, const char *one,
		    const char *other)
{
	return str_eqz(c->expect, one) || str_eqz(c->expect, other) ||
	       err_set(r->err, ERR_INPUT, "'expect' must be %s or %s", one, other);
}

static bool read_document(const struct reader *r, const struct val *v, struct policy_case *out)
{
	static const char *const members[] = {"id",  "validate", "document", "expect",
					      "doc", "note",     NULL};
	if (!known_members(r, v, "a document case", members) ||
	    !expects(r, out, "valid", "malformed"))
		return false;
	if (!kind_named(val_get_str(v, "validate"), &out->kind))
		return err_set(r->err, ERR_INPUT, "'validate' must name a kind of policy");
	struct val *doc = val_get(v, "document");
	if (!doc)
		return err_set(r->err, ERR_INPUT, "the case has no 'document'");
	out->is_document = true;
	out->document = document_text(r, doc);
	return true;
}

static bool read_request(const struct reader *r, const struct val *v, struct policy_request *req)
{
	*req = (struct policy_request){
		.principal = val_get_str(v, "principal"),
		.action = val_get_str(v, "action"),
		.resource = val_get_str(v, "resource"),
		.resource_account = val_get_str(v, "resource_account"),
		.management = val_true(val_get(v, "management")),
		.resource_in_management = val_true(val_get(v, "resource_management")),
		.service_linked_role = val_true(val_get(v, "service_linked")),
	};
	if (str_is_null(req->principal) || str_is_null(req->action) || str_is_null(req->resource))
		return err_set(r->err, ERR_INPUT,
			       "a decision case has 'principal', 'action' and 'resource'");
	return read_context(r, val_get(v, "context"), req);
}

static bool read_decision(const struct reader *r, const struct val *v, struct policy_case *out)
{
	static const char *const members[] = {"id",
					      "principal",
					      "action",
					      "resource",
					      "context",
					      "policies",
					      "expect",
					      "resource_account",
					      "management",
					      "resource_management",
					      "service_linked",
					      "expect_reason",
					      "expect_kind",
					      "doc",
					      "note",
					      NULL};
	if (!known_members(r, v, "a decision case", members) || !expects(r, out, "allow", "deny") ||
	    !read_request(r, v, &out->request) || !read_set(r, val_get(v, "policies"), &out->set))
		return false;
	out->request.bounded = out->set.has_boundary;
	struct str kind = val_get_str(v, "expect_kind");
	out->expect_reason = val_get_str(v, "expect_reason");
	if (!str_is_null(out->expect_reason) && !str_eqz(out->expect_reason, "explicit") &&
	    !str_eqz(out->expect_reason, "implicit"))
		return err_set(r->err, ERR_INPUT, "'expect_reason' must be explicit or implicit");
	out->has_expect_kind = !str_is_null(kind);
	if (out->has_expect_kind && !kind_named(kind, &out->expect_kind))
		return err_set(r->err, ERR_INPUT, "'expect_kind' must name a kind of policy");
	return true;
}

bool policy_case_read(struct str line, struct arena *a, struct policy_case *out, struct err *err)
{
	const struct reader r = {a, err};
	struct val *v;
	*out = (struct policy_case){0};
	if (!json_read(line, JSON_UNIQUE, a, &v, err))
		return err_wrap(err, "column %u", err->col);
	if (!val_is(v, VAL_OBJECT))
		return err_set(err, ERR_INPUT, "a case is a JSON object");
	out->id = val_get_str(v, "id");
	out->expect = val_get_str(v, "expect");
	return val_get(v, "validate") ? read_document(&r, v, out) : read_decision(&r, v, out);
}

static void run_document(const struct policy_case *c, struct arena *a,
			 struct policy_case_result *out)
{
	struct err err = {0};
	bool valid = policy_parse(c->document, c->kind, STR("document"), a, &err) != NULL;
	char text[sizeof(err.message) + sizeof(err.path) + 32];
	out->expected = c->expect;
	out->got = valid ? STR("valid") : STR("malformed");
	out->why =
		valid ? STR("AWS accepts it") : arena_strz(a, err_text(&err, text, sizeof(text)));
	out->passed = str_eq(out->got, out->expected);
}

static struct str outcome(struct arena *a, const char *what, bool with_reason, const char *reason,
			  bool with_kind, enum policy_kind kind)
{
	struct str s = str_of(what);
	if (with_reason)
		s = arena_printf(a, "%.*s (%s)", STR_ARG(s), reason);
	if (with_kind)
		s = arena_printf(a, "%.*s by %s", STR_ARG(s), policy_kind_text(kind));
	return s;
}

/* The whole explanation: why, and what would have had to be different. */
static struct str explanation(const struct policy_case *c, struct arena *a)
{
	struct policy_road road;
	policy_explain(&c->set, &c->request, a, &road);
	policy_explain_words(&c->set, &c->request, a, &road);
	struct str *parts = arena_calloc(a, 2 * road.nnotes, sizeof(*parts));
	for (size_t i = 0; i < road.nnotes; i++) {
		parts[2 * i] = i ? STR("; ") : STR("");
		parts[2 * i + 1] = road.notes[i];
	}
	return arena_join_n(a, parts, 2 * road.nnotes);
}

static void run_decision(const struct policy_case *c, struct arena *a,
			 struct policy_case_result *out)
{
	struct policy_decision d;
	policy_decide(&c->set, &c->request, &d);
	const char *reason = d.reason == POLICY_EXPLICIT_DENY ? "explicit" : "implicit";
	bool with_reason = !str_is_null(c->expect_reason) && str_eqz(c->expect, "deny");
	out->expected =
		outcome(a, arena_dupz(a, c->expect), with_reason, arena_dupz(a, c->expect_reason),
			c->has_expect_kind, c->expect_kind);
	out->got = outcome(a, d.allow ? "allow" : "deny", with_reason && !d.allow, reason,
			   c->has_expect_kind, d.level);
	out->passed = str_eq(out->got, out->expected);
	out->why = out->passed ? policy_decision_text(&d, a) : explanation(c, a);
}

void policy_case_run(const struct policy_case *c, struct arena *a, struct policy_case_result *out)
{
	if (c->is_document)
		run_document(c, a, out);
	else
		run_decision(c, a, out);
}

bool policy_case_next(struct str *rest, struct str *line, uint32_t *number)
{
	while (str_next(rest, '\n', line)) {
		++*number;
		*line = str_trim(*line);
		if (line->n > 0)
			return true;
	}
	return false;
}
