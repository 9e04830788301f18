#include "sandbox/iam-simulate.h"

#include "policy/context.h"

/* ---- documents ---- */

void sim_add_source(struct simulation *s, const struct policy *p, struct str id, struct str text,
		    bool resource)
{
	struct arena *a = s->r->arena;
	size_t n = policy_statements(p);

	s->sources = arena_grow(a, s->sources, s->n, &s->cap, sizeof(*s->sources));
	s->sources[s->n++] = (struct sim_source){
		.policy = p,
		.id = id,
		.text = text,
		.resource = resource,
		.found = arena_calloc(a, n + 1, sizeof(size_t)),
		.told = arena_calloc(a, n + 1, sizeof(bool)),
	};
	iam_add_document(s->r, &s->documents, text);
}

static const struct policy *parse(struct simulation *s, struct str text, enum policy_kind kind,
				  struct str name)
{
	const struct policy *p;

	if (!iam_check_document(s->r, text, kind, name, &p))
		(void)sim_invalid(s, "%.*s", STR_ARG(s->r->fault.message));
	return p;
}

bool sim_read_policies(struct simulation *s)
{
	size_t i = 0;

	VAL_EACH(v, val_get(s->r->in, "PolicyInputList"))
	{
		struct str id = arena_printf(s->r->arena, "PolicyInputList.%zu", ++i);
		const struct policy *p = parse(s, val_str(v), POLICY_IDENTITY, id);
		if (!p)
			return false;
		sim_add_source(s, p, id, val_str(v), false);
	}
	return true;
}

bool sim_read_boundary(struct simulation *s)
{
	const struct val *list = val_get(s->r->in, "PermissionsBoundaryPolicyInputList");

	if (val_count(list) > 1)
		return sim_invalid(s, "You can input only one permissions boundary.");
	if (!val_count(list))
		return true;
	s->set.has_boundary = true;
	s->set.boundary = parse(s, val_str(val_first(list)), POLICY_BOUNDARY,
				STR("PermissionsBoundaryPolicyInputList.1"));
	return s->set.boundary != NULL;
}

static bool read_level(struct simulation *s, const struct val *list, struct policy_list *out)
{
	const struct policy **v = arena_calloc(s->r->arena, val_count(list) + 1, sizeof(*v));

	*out = (struct policy_list){v, 0};
	VAL_EACH(text, list)
	{
		v[out->n] = parse(s, val_str(text), POLICY_SCP, STR("SCP"));
		if (!v[out->n++])
			return false;
	}
	return true;
}

/* A level without an SCP allows nothing, as in an organization. */
bool sim_read_levels(struct simulation *s)
{
	const struct val *list = val_get(s->r->in, "OrderedOrganizationPolicyInputList");
	struct policy_list *levels =
		arena_calloc(s->r->arena, val_count(list) + 1, sizeof(*levels));

	s->set.scp = levels;
	VAL_EACH(level, list)
	if (!read_level(s, val_get(level, "ServiceControlPolicyInputList"), &levels[s->set.nscp++]))
		return false;
	return true;
}

/* ---- names and ARNs ---- */

bool sim_entity_of(struct str arn, enum iam_kind *kind, struct str *account, struct str *name)
{
	struct str rest = arn, part[5], word, path;
	ptrdiff_t slash;

	for (size_t i = 0; i < ARRAY_SIZE(part); i++)
		if (!str_cut(rest, ':', &part[i], &rest))
			return false;
	if (!str_eqz(part[0], "arn") || !str_startsz(part[1], "aws") || !str_eqz(part[2], "iam") ||
	    part[3].n || part[4].n != 12 || !str_all_digits(part[4]) ||
	    !str_cut(rest, '/', &word, &path))
		return false;
	for (*kind = IAM_USER; !str_eqz(word, iam_kind_name(*kind)); ++*kind)
		if (*kind == IAM_ROLE)
			return false;
	slash = str_rchr(path, '/');
	*account = part[4];
	*name = slash < 0 ? path : str_from(path, (size_t)slash + 1);
	return name->n > 0;
}

bool sim_bad_entity(struct simulation *s, struct str arn)
{
	return sim_invalid(s,
			   "Invalid Entity Arn: %.*s does not clearly define entity type and name.",
			   STR_ARG(arn));
}

/* "Each operation must include the service identifier, such as iam:CreateUser. This operation
 * does not support using wildcards (*) in an action name." */
bool sim_read_actions(struct simulation *s)
{
	struct str service, name;

	VAL_EACH(v, val_get(s->r->in, "ActionNames"))
	{
		struct str action = val_str(v);
		if (str_chr(action, '*') >= 0 || str_chr(action, '?') >= 0)
			return sim_invalid(s, "Wildcards are not supported in an action name: %.*s",
					   STR_ARG(action));
		if (!str_cut(action, ':', &service, &name) || !service.n || !name.n)
			return sim_invalid(
				s, "The action name does not include the service identifier: %.*s",
				STR_ARG(action));
	}
	return true;
}

/* Is there an EC2 resource of this type: "arn:aws:ec2:REGION:ACCOUNT:TYPE/ID"? */
static bool has_ec2(const struct val *resources, const char *type)
{
	VAL_EACH(v, resources)
	{
		struct str rest = val_str(v), part, service = STR_NULL, word;
		for (int i = 0; i < 5; i++) {
			str_cut(rest, ':', &part, &rest);
			service = i == 2 ? part : service;
		}
		str_cut(rest, '/', &word, &part);
		if (str_eqz(service, "ec2") && str_eqz(word, type))
			return true;
	}
	return false;
}

/*
 * "By specifying the type of simulation to run, you enable the policy simulator
 * to enforce the presence of the required resources." Messages are ours.
 */
static bool check_handling(struct simulation *s)
{
	static const struct {
		const char *name;
		const char *needs[7];
	} options[] = {
		{"EC2-VPC-InstanceStore",
		 {"instance", "image", "security-group", "network-interface"}},
		{"EC2-VPC-InstanceStore-Subnet",
		 {"instance", "image", "security-group", "network-interface", "subnet"}},
		{"EC2-VPC-EBS",
		 {"instance", "image", "security-group", "network-interface", "volume"}},
		{"EC2-VPC-EBS-Subnet",
		 {"instance", "image", "security-group", "network-interface", "subnet", "volume"}},
	};
	struct str option = val_get_str(s->r->in, "ResourceHandlingOption");
	size_t i = 0;

	if (str_is_null(option))
		return true;
	while (i < ARRAY_SIZE(options) && !str_eqz(option, options[i].name))
		i++;
	if (i == ARRAY_SIZE(options))
		return sim_invalid(s, "Invalid ResourceHandlingOption: %.*s", STR_ARG(option));
	for (const char *const *need = options[i].needs; *need; need++)
		if (!has_ec2(s->resources, *need))
			return sim_invalid(s, "%.*s requires a resource of type %s.",
					   STR_ARG(option), *need);
	return true;
}

bool sim_read_resources(struct simulation *s)
{
	struct val *star = val_list(s->r->arena);

	VAL_EACH(v, val_get(s->r->in, "ResourceArns"))
	if (!str_eqz(val_str(v), "*") && !policy_is_arn(val_str(v)))
		return sim_invalid(s, "ResourceNames are not in a valid ARN format: %.*s.",
				   STR_ARG(val_str(v)));
	/* "If this parameter is not provided, then the value defaults to * (all resources)." */
	val_append(star, val_string(s->r->arena, STR("*")));
	s->resources = val_get(s->r->in, "ResourceArns");
	if (!val_count(s->resources))
		s->resources = star;
	return check_handling(s);
}

/* "arn:aws:iam::112233445566:root"; an account id alone was refused in these words. */
static bool read_owner(struct simulation *s)
{
	struct str owner = val_get_str(s->r->in, "ResourceOwner"), rest = owner, part[5];
	bool good = true;

	if (str_is_null(owner))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(part); i++)
		good &= str_cut(rest, ':', &part[i], &rest);
	if (!good || !str_eqz(part[0], "arn") || !str_eqz(part[2], "iam") || part[4].n != 12 ||
	    !str_all_digits(part[4]) || !str_eqz(rest, "root"))
		return sim_invalid(s, "'%.*s' is not a valid as a Resource Owner.", STR_ARG(owner));
	s->owner = part[4];
	return true;
}

bool sim_read_resource_policy(struct simulation *s, struct str caller)
{
	struct str text = val_get_str(s->r->in, "ResourcePolicy"), account, name;
	const struct policy **one = arena_new_of(s->r->arena, const struct policy *);
	enum iam_kind kind;

	if (!read_owner(s))
		return false;
	if (str_is_null(text))
		return true;
	if (str_is_null(caller))
		return sim_invalid(s, "CallerArn is required with a ResourcePolicy.");
	/* "Simulation of resource-based policies isn't supported for IAM roles." */
	if (sim_entity_of(caller, &kind, &account, &name) && kind != IAM_USER)
		return sim_invalid(s,
				   "Invalid caller - Caller must be an IAM user in this context.");
	*one = parse(s, text, POLICY_RESOURCE, STR("ResourcePolicy"));
	if (!*one)
		return false;
	s->set.has_resource = true;
	s->set.resource = (struct policy_list){one, 1};
	sim_add_source(s, *one, STR("ResourcePolicy"), text, true);
	return true;
}

/* ---- condition keys ---- */

static const struct {
	const char *name;
	enum policy_value_type type;
	bool list;
} key_types[] = {
	{"string", POLICY_VALUE_STRING, false},   {"stringList", POLICY_VALUE_STRING, true},
	{"numeric", POLICY_VALUE_NUMERIC, false}, {"numericList", POLICY_VALUE_NUMERIC, true},
	{"boolean", POLICY_VALUE_BOOLEAN, false}, {"booleanList", POLICY_VALUE_BOOLEAN, true},
	{"ip", POLICY_VALUE_IP, false},           {"ipList", POLICY_VALUE_IP, true},
	{"binary", POLICY_VALUE_BINARY, false},   {"binaryList", POLICY_VALUE_BINARY, true},
	{"date", POLICY_VALUE_DATE, false},       {"dateList", POLICY_VALUE_DATE, true},
};

/* Without a type it is a string, or several. */
static size_t type_of(const struct val *entry)
{
	struct str type = val_get_str(entry, "ContextKeyType");
	size_t i = 0;

	if (str_is_null(type))
		return val_count(val_get(entry, "ContextKeyValues")) > 1;
	while (i + 1 < ARRAY_SIZE(key_types) && !str_eqz(type, key_types[i].name))
		i++;
	return i;
}

static bool read_entry(struct simulation *s, const struct val *entry, struct policy_key *key)
{
	const struct val *list = val_get(entry, "ContextKeyValues");
	struct str *values = arena_calloc(s->r->arena, val_count(list) + 1, sizeof(*values));
	size_t type = type_of(entry), n = 0;

	key->name = val_get_str(entry, "ContextKeyName");
	if (str_is_null(key->name))
		return sim_invalid(s, "A context entry has no ContextKeyName.");
	VAL_EACH(v, list)
	{
		if (!policy_value_fits(val_str(v), key_types[type].type))
			return sim_invalid(s, "Invalid value for the context key %.*s of type %s",
					   STR_ARG(key->name), key_types[type].name);
		values[n++] = val_str(v);
	}
	if (n > 1 && !key_types[type].list)
		return sim_invalid(s, "The context key %.*s of type %s must have one value.",
				   STR_ARG(key->name), key_types[type].name);
	/* Without a value the key is absent. */
	key->value = (struct policy_value){values, n, key_types[type].list};
	return true;
}

/* Nobody is named: what would follow from the one who stands in for it is absent. */
static const char *const of_nobody[] = {"aws:PrincipalArn", "aws:username"};

static bool read_entries(struct simulation *s, bool nobody)
{
	const struct val *list = val_get(s->r->in, "ContextEntries");
	size_t n = 0, max = val_count(list) + ARRAY_SIZE(of_nobody);
	struct policy_key *keys = arena_calloc(s->r->arena, max, sizeof(*keys));

	VAL_EACH(entry, list)
	if (!read_entry(s, entry, &keys[n++]))
		return false;
	for (size_t i = 0; nobody && i < ARRAY_SIZE(of_nobody); i++)
		keys[n++] =
			(struct policy_key){.name = str_of(of_nobody[i]), .value = {.multi = true}};
	s->base.keys = keys;
	s->base.nkeys = n;
	return true;
}

/*
 * "The simulator populates the following principal and organization context
 * keys": those that the decision itself derives are left to it.
 */
static void add_facts(struct simulation *s, bool nobody)
{
	const struct world *w = s->r->world;
	const struct world_account *acct = world_account(w, s->account);
	struct policy_facts f = {.principal = s->base.principal};

	if (!acct)
		return policy_context(&f, s->r->arena, &s->base);
	for (const struct iam_user *u = acct->iam.users; u && !nobody; u = u->next)
		if (str_eq(u->arn, s->base.principal))
			f.userid = u->id;
	if (w->org && acct->joined) {
		f.org_id = w->org->id;
		f.org_path = world_org_path(w->org, acct->parent, s->r->arena);
		policy_context_add(&s->base, s->r->arena, STR("aws:PrincipalOrgMasterAccountId"),
				   w->org->management->id);
	}
	policy_context(&f, s->r->arena, &s->base);
}

bool sim_read_request(struct simulation *s, struct str caller)
{
	const struct policy **identity = arena_calloc(s->r->arena, s->n + 1, sizeof(*identity));
	enum iam_kind kind = IAM_GROUP;
	struct str name;
	size_t n = 0;

	s->account = s->r->who->account->id;
	if (!str_is_null(caller) && !sim_entity_of(caller, &kind, &s->account, &name))
		return sim_bad_entity(s, caller);
	/* A group calls nothing: a user of the account does, of whom nothing else is known. */
	bool nobody = kind == IAM_GROUP;
	s->base.principal = caller;
	if (nobody)
		s->base.principal = arena_printf(s->r->arena, "arn:aws:iam::%.*s:user/simulated",
						 STR_ARG(s->account));
	for (size_t i = 0; i < s->n; i++)
		if (!s->sources[i].resource)
			identity[n++] = s->sources[i].policy;
	s->set.has_identity = true;
	s->set.identity = (struct policy_list){identity, n};
	if (!read_entries(s, nobody))
		return false;
	add_facts(s, nobody);
	return true;
}
