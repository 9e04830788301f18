/*
 * Conditions.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 *
 * The rules that the pages leave open are from answers of AWS
 * (facts/aws-answers, Policy conditions; the number stands beside each).
 */

#include "policy/policy-private.h"

#include <string.h>

struct base_op {
	const char *name;
	enum cond_type type;
	enum cond_cmp cmp;
	bool negated;
};

static const struct base_op base_ops[] = {
	{"StringEquals", COND_STRING, CMP_EQ, false},
	{"StringNotEquals", COND_STRING, CMP_EQ, true},
	{"StringEqualsIgnoreCase", COND_STRING_NOCASE, CMP_EQ, false},
	{"StringNotEqualsIgnoreCase", COND_STRING_NOCASE, CMP_EQ, true},
	{"StringLike", COND_STRING_LIKE, CMP_EQ, false},
	{"StringNotLike", COND_STRING_LIKE, CMP_EQ, true},
	{"NumericEquals", COND_NUMERIC, CMP_EQ, false},
	{"NumericNotEquals", COND_NUMERIC, CMP_EQ, true},
	{"NumericLessThan", COND_NUMERIC, CMP_LT, false},
	{"NumericLessThanEquals", COND_NUMERIC, CMP_LE, false},
	{"NumericGreaterThan", COND_NUMERIC, CMP_GT, false},
	{"NumericGreaterThanEquals", COND_NUMERIC, CMP_GE, false},
	{"DateEquals", COND_DATE, CMP_EQ, false},
	{"DateNotEquals", COND_DATE, CMP_EQ, true},
	{"DateLessThan", COND_DATE, CMP_LT, false},
	{"DateLessThanEquals", COND_DATE, CMP_LE, false},
	{"DateGreaterThan", COND_DATE, CMP_GT, false},
	{"DateGreaterThanEquals", COND_DATE, CMP_GE, false},
	{"Bool", COND_BOOL, CMP_EQ, false},
	{"BinaryEquals", COND_BINARY, CMP_EQ, false},
	{"IpAddress", COND_IP, CMP_EQ, false},
	{"NotIpAddress", COND_IP, CMP_EQ, true},
	{"ArnEquals", COND_ARN, CMP_EQ, false},
	{"ArnLike", COND_ARN, CMP_EQ, false},
	{"ArnNotEquals", COND_ARN, CMP_EQ, true},
	{"ArnNotLike", COND_ARN, CMP_EQ, true},
	{"Null", COND_NULL, CMP_EQ, false},
};

bool cond_op_parse(struct str name, struct cond_op *op)
{
	static const struct str all = {"ForAllValues:", 13}, any = {"ForAnyValue:", 12};
	static const struct str suffix = {"IfExists", 8};
	*op = (struct cond_op){0};
	if (name.n > all.n && str_eq_nocase(str_sub(name, 0, all.n), all)) {
		op->set = COND_FOR_ALL;
		name = str_from(name, all.n);
	} else if (name.n > any.n && str_eq_nocase(str_sub(name, 0, any.n), any)) {
		op->set = COND_FOR_ANY;
		name = str_from(name, any.n);
	}
	if (name.n > suffix.n && str_eq_nocase(str_from(name, name.n - suffix.n), suffix)) {
		op->if_exists = true;
		name = str_sub(name, 0, name.n - suffix.n);
	}
	for (size_t i = 0; i < ARRAY_SIZE(base_ops); i++) {
		const struct base_op *b = &base_ops[i];
		if (!str_eq_nocase(name, str_of(b->name)))
			continue;
		op->type = b->type;
		op->cmp = b->cmp;
		op->negated = b->negated;
		/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists */
		return !(op->type == COND_NULL && op->if_exists);
	}
	return false;
}

const char *cond_op_name(const struct cond_op *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(base_ops); i++) {
		const struct base_op *b = &base_ops[i];
		if (b->type == op->type && b->cmp == op->cmp && b->negated == op->negated)
			return b->name;
	}
	BUG("an operator that was accepted has no name");
}

/* "true" in any case; all else is false, "yes" too (5, 12). */
static bool truth(struct str s)
{
	return str_eq_nocase(s, STR("true"));
}

static bool arn_patterns(struct str text, struct pattern out[ARN_PARTS])
{
	static const char star[] = {(char)GLOB_STAR};
	struct arn arn;
	if (text.n == 1 && text.p[0] == star[0]) {
		/* "*" alone stands for every ARN. */
		for (int i = 0; i < ARN_PARTS; i++)
			pattern_set(&out[i], text);
		return true;
	}
	if (!arn_split(text, &arn))
		return false;
	for (int i = 0; i < ARN_PARTS; i++)
		pattern_set(&out[i], arn.part[i]);
	return pattern_match(&out[0], STR("arn"));
}

void operand_parse(struct operand *o, struct str text, const struct cond_op *op, unsigned flags,
		   struct arena *a)
{
	*o = (struct operand){.valid = true};
	if (op->type == COND_NUMERIC || op->type == COND_BINARY || op->type == COND_DATE ||
	    op->type == COND_IP)
		o->text = arena_str(a, text);
	switch (op->type) {
	case COND_STRING:
	case COND_STRING_NOCASE:
		pattern_parse(&o->pattern, text, flags & PATTERN_VARIABLES, a);
		break;
	case COND_STRING_LIKE:
		pattern_parse(&o->pattern, text, flags | PATTERN_WILDCARDS, a);
		break;
	case COND_NUMERIC:
		o->valid = decimal_parse(o->text, &o->u.number);
		break;
	case COND_DATE:
		o->valid = date_parse(text, &o->u.ms);
		break;
	case COND_BOOL:
		/* Bool takes variables too; numbers, dates, addresses and Null do not. */
		pattern_parse(&o->pattern, text, flags & PATTERN_VARIABLES, a);
		o->u.truth = truth(text);
		break;
	case COND_NULL:
		o->u.truth = truth(text);
		break;
	case COND_BINARY:
		break;
	case COND_IP:
		o->valid = ip_net_parse(text, &o->u.net);
		break;
	case COND_ARN:
		pattern_parse(&o->pattern, text, flags | PATTERN_WILDCARDS, a);
		if (o->pattern.kind != PATTERN_VARIABLE) {
			struct pattern *parts = arena_calloc(a, ARN_PARTS, sizeof(*parts));
			o->valid = arn_patterns(pattern_whole(&o->pattern), parts);
			o->u.arn = parts;
		}
		break;
	}
}

/* A request's value, read once for all operands it is compared with. */
struct subject {
	struct str text;
	bool valid;
	union {
		struct decimal number;
		int64_t ms;
		struct ip ip;
		struct arn arn;
	} u;
};

static void subject_init(struct subject *s, struct str text, enum cond_type type,
			 struct policy_ctx *ctx)
{
	s->text = text;
	s->valid = true;
	if (type == COND_NUMERIC)
		s->valid = decimal_parse(text, &s->u.number);
	else if (type == COND_DATE)
		s->valid = date_parse(text, &s->u.ms);
	else if (type == COND_IP)
		s->valid = ip_parse_request(text, &s->u.ip);
	else if (type == COND_ARN)
		s->valid = policy_ctx_arn(ctx, text, &s->u.arn);
}

static bool ordered(enum cond_cmp cmp, int order)
{
	switch (cmp) {
	case CMP_EQ:
		return order == 0;
	case CMP_LT:
		return order < 0;
	case CMP_LE:
		return order <= 0;
	case CMP_GT:
		return order > 0;
	case CMP_GE:
		return order >= 0;
	}
	return false;
}

static enum verdict yes_no(bool b)
{
	return b ? VERDICT_YES : VERDICT_NO;
}

static enum verdict arn_compare(const struct pattern *part, const struct arn *arn)
{
	for (int i = ARN_PARTS - 1; i >= 0; i--) {
		if (!pattern_match(&part[i], arn->part[i]))
			return VERDICT_NO;
	}
	return VERDICT_YES;
}

static enum verdict with_text(const struct cond_op *op, const struct subject *s, struct str text)
{
	if (op->type == COND_STRING)
		return yes_no(str_eq(text, s->text));
	if (op->type == COND_STRING_NOCASE)
		return yes_no(policy_eq_nocase(text, s->text));
	if (op->type == COND_STRING_LIKE)
		return yes_no(glob_match(text, s->text));
	if (op->type == COND_BOOL)
		return yes_no(truth(text) == truth(s->text));
	struct pattern parts[ARN_PARTS];
	if (!arn_patterns(text, parts))
		return VERDICT_ERROR;
	return arn_compare(parts, &s->u.arn);
}

static enum verdict with_variables(const struct cond_op *op, const struct operand *o,
				   const struct subject *s, struct policy_ctx *ctx)
{
	struct expansion e;
	enum verdict v = VERDICT_NO;
	if (expansion_init(&e, &o->pattern, ctx))
		v = with_text(op, s, e.text);
	expansion_release(&e);
	return v;
}

/* Does the positive form of the operator hold for one value and one operand? */
static enum verdict compare(const struct cond_op *op, const struct operand *o,
			    const struct subject *s, struct policy_ctx *ctx)
{
	switch (op->type) {
	case COND_STRING:
	case COND_STRING_LIKE:
		if (o->pattern.kind == PATTERN_VARIABLE)
			return with_variables(op, o, s, ctx);
		return yes_no(pattern_match(&o->pattern, s->text));
	case COND_STRING_NOCASE:
		if (o->pattern.kind == PATTERN_VARIABLE)
			return with_variables(op, o, s, ctx);
		return yes_no(policy_eq_nocase(o->pattern.text, s->text));
	case COND_NUMERIC:
		/* What is no number equals nothing (7). */
		return yes_no(o->valid && s->valid &&
			      ordered(op->cmp, decimal_cmp(&s->u.number, &o->u.number)));
	case COND_DATE: {
		int order = (s->u.ms > o->u.ms) - (s->u.ms < o->u.ms);
		return yes_no(o->valid && s->valid && ordered(op->cmp, order));
	}
	case COND_BOOL:
		if (o->pattern.kind == PATTERN_VARIABLE)
			return with_variables(op, o, s, ctx);
		return yes_no(truth(s->text) == o->u.truth);
	case COND_BINARY:
		/* The text is compared, not the bytes it encodes (15). */
		return yes_no(str_eq(o->text, s->text));
	case COND_IP:
		/* A malformed network of the policy contains nothing (11). */
		return yes_no(o->valid && ip_net_has(&o->u.net, &s->u.ip));
	case COND_ARN:
		if (o->pattern.kind == PATTERN_VARIABLE)
			return with_variables(op, o, s, ctx);
		/* A malformed ARN of the policy ends the comparison: order matters (9, 10). */
		return o->valid ? arn_compare(o->u.arn, &s->u.arn) : VERDICT_ERROR;
	case COND_NULL:
		break;
	}
	return VERDICT_NO;
}

/* The operator for one value: any operand matches; negated, none does. */
static enum verdict value_holds(const struct condition *c, struct str text, struct policy_ctx *ctx)
{
	struct subject s;
	subject_init(&s, text, c->op.type, ctx);
	/* A malformed address or ARN of the request never matches, negated neither (8). */
	if (!s.valid && (c->op.type == COND_IP || c->op.type == COND_ARN))
		return VERDICT_NO;
	for (size_t i = 0; i < c->n; i++) {
		enum verdict v = compare(&c->op, &c->values[i], &s, ctx);
		if (v == VERDICT_ERROR)
			return v;
		if (v == VERDICT_YES)
			return yes_no(!c->op.negated);
	}
	return yes_no(c->op.negated);
}

static enum verdict null_holds(const struct condition *c, bool present)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->values[i].u.truth == !present)
			return VERDICT_YES;
	}
	return VERDICT_NO;
}

/* An absent key: negated, IfExists and ForAllValues hold, the others do not (2, 3). */
static enum verdict absent_holds(const struct cond_op *op)
{
	if (op->if_exists || op->set == COND_FOR_ALL)
		return VERDICT_YES;
	return yes_no(op->negated && op->set != COND_FOR_ANY);
}

enum verdict condition_holds(const struct condition *c, struct policy_ctx *ctx)
{
	const struct policy_value *found =
		policy_ctx_key(ctx, c->key, c->key_hash, (enum derived_key)c->derived);
	if (c->op.type == COND_NULL)
		return null_holds(c, found != NULL);
	if (!found)
		return absent_holds(&c->op);
	/* A variable in an operand may ask for other keys meanwhile. */
	const struct policy_value v = *found;
	const struct str first = v.values[0];
	if (c->op.set == COND_SCALAR) {
		/* A key of several values never meets an operator for one (1). */
		return v.multi ? VERDICT_NO : value_holds(c, first, ctx);
	}
	bool all = c->op.set == COND_FOR_ALL;
	for (size_t i = 0; i < v.n; i++) {
		enum verdict one = value_holds(c, v.n == 1 ? first : v.values[i], ctx);
		if (one == VERDICT_ERROR || one == yes_no(!all))
			return one;
	}
	return yes_no(all);
}
