#include "root/mend.h"

#include "base/limits.h"
#include "root/ledger.h"
#include "text/json.h"

#define EXCEPTION "{\"aws:AssumedRoot\": \"true\"}"
#define MOST_STATEMENTS 64

/* Byte offset of a position that the JSON reader gave (columns count characters). */
static size_t offset_of(struct str text, uint32_t line, uint32_t col)
{
	size_t i = 0;

	for (uint32_t l = 1; l < line && i < text.n; i++)
		l += text.p[i] == '\n';
	for (uint32_t c = 1; c < col && i < text.n; c++)
		for (i++; i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80;)
			i++;
	return i;
}

static bool names_root(const struct val *v)
{
	if (val_is(v, VAL_STRING))
		return str_endsz(val_str(v), ":root");
	VAL_EACH(item, v)
	if (!names_root(item))
		return false;
	return val_count(v) > 0;
}

/* Does the statement single out root users? */
static bool is_about_root(const struct val *condition)
{
	VAL_EACH(op, condition)
	{
		bool positive = str_startsz(op->name, "ArnLike") ||
				str_startsz(op->name, "ArnEquals") ||
				str_startsz(op->name, "StringLike") ||
				str_startsz(op->name, "StringEquals");

		if (!positive)
			continue;
		VAL_EACH(key, op)
		if (str_eq_nocase(key->name, STR("aws:PrincipalArn")) && names_root(key))
			return true;
	}
	return false;
}

/* Condition keys are compared without case. */
static const struct val *key_of(const struct val *operator, const char * name)
{
	VAL_EACH(key, operator)
	if (str_eq_nocase(key->name, str_of(name)))
		return key;
	return NULL;
}

static const struct val *statement_at(const struct val *document, size_t index)
{
	const struct val *list = val_get(document, "Statement");

	return val_is(list, VAL_LIST) ? val_at(list, index) : list;
}

/*
 * Insert `member` as the first of an object. White space behind its brace is repeated
 * before the old first member, so that a pretty document stays pretty.
 */
static struct str splice(struct str text, const struct val *object, const char *member,
			 struct arena *a)
{
	size_t at = offset_of(text, object->line, object->col) + 1, end = at;

	while (end < text.n && (text.p[end] == ' ' || text.p[end] == '\n' || text.p[end] == '\t' ||
				text.p[end] == '\r'))
		end++;
	return arena_printf(a, "%.*s%.*s%s%s%.*s", (int)at, text.p, (int)(end - at), text.p + at,
			    member, val_count(object) ? "," : "", (int)(text.n - at), text.p + at);
}

static bool mend_statement(struct str text, size_t index, struct arena *a, struct str *out,
			   struct err *err)
{
	const struct val *condition, *null;
	struct val *document;

	if (!json_read(text, JSON_POSITIONS, a, &document, err))
		return false;
	condition = val_get(statement_at(document, index), "Condition");
	if (!is_about_root(condition))
		return err_set(
			err, ERR_REFUSED,
			"statement %zu denies more than root users (no condition on "
			"aws:PrincipalArn "
			"names only \":root\"): decide yourself whether root sessions may pass",
			index + 1);
	null = val_get(condition, "Null");
	if (key_of(null, "aws:AssumedRoot"))
		return err_set(err, ERR_REFUSED,
			       "statement %zu has a Null condition on aws:AssumedRoot that "
			       "does not let root sessions pass",
			       index + 1);
	*out = null ? splice(text, null, "\"aws:AssumedRoot\": \"true\"", a)
		    : splice(text, condition, "\"Null\": " EXCEPTION, a);
	return true;
}

/* The exception is for sessions: what the root user itself may do stays as it was. */
static bool same_for_root_user(struct str before, struct str after, struct str account_id,
			       struct arena *a, struct err *err)
{
	static const char *const probes[] = {
		"iam:CreateAccessKey",     "iam:DeleteLoginProfile",
		"iam:GetAccountSummary",   "organizations:LeaveOrganization",
		"account:CloseAccount",    "s3:DeleteBucketPolicy",
		"ec2:RunInstances",        "sts:GetSessionToken",
		"kms:ScheduleKeyDeletion",
	};

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		bool was, is;

		if (!cause_text_denies(before, account_id, probes[i], false, &was, a, err) ||
		    !cause_text_denies(after, account_id, probes[i], false, &is, a, err))
			return false;
		if (was != is)
			return err_set(err, ERR_REFUSED,
				       "no certain mend: with the exception it would %s %s %s the "
				       "root user itself",
				       is ? "deny" : "allow", probes[i], is ? "to" : "for");
	}
	return true;
}

bool mend_text(struct str content, struct str account_id, struct arena *a, struct str *out,
	       struct err *err)
{
	const struct str before = content;
	static const enum root_task tasks[] = {ROOT_TASK_AUDIT, ROOT_TASK_DELETE, ROOT_TASK_CREATE};

	for (size_t t = 0; t < ARRAY_SIZE(tasks); t++) {
		for (int i = 0;; i++) {
			struct policy_decision d;

			if (!cause_text_blocks(content, account_id, tasks[t], &d, a, err))
				break;
			if (i == MOST_STATEMENTS)
				return err_set(err, ERR_REFUSED,
					       "too many statements deny root sessions");
			if (!mend_statement(content, d.statement, a, &content, err))
				return false;
		}
		if (err_is_set(err))
			return false;
	}
	if (!same_for_root_user(before, content, account_id, a, err))
		return false;
	*out = content;
	return true;
}

static bool read_policy(struct root_run *run, struct str id, struct arena *a, struct str *content,
			struct err *err)
{
	struct val *in = val_object(a), *out;

	val_set_str(a, in, "PolicyId", id);
	if (!aws_call(run->worker, run->caller, "organizations", "DescribePolicy", in, a, &out,
		      err))
		return false;
	*content = val_get_str(val_get(out, "Policy"), "Content");
	return true;
}

bool mend_apply(struct root_run *run, const struct org_policy *policy, struct str mended,
		struct arena *a, struct err *err)
{
	struct val *in = val_object(a), *out, *detail = val_object(a);
	struct ledger_entry e = {.kind = STR("mend"), .detail = detail};
	struct aws_call_info info = {0};
	struct str now;

	if (!read_policy(run, policy->id, a, &now, err))
		return false;
	if (!str_eq(now, policy->content))
		return err_set(err, ERR_REFUSED,
			       "policy '%.*s' was changed by somebody else since it was read: run "
			       "it again",
			       STR_ARG(policy->name));
	val_set_str(a, in, "PolicyId", policy->id);
	val_set_str(a, in, "Content", mended);
	if (!aws_call_ex(run->worker, run->caller, api_op_of("organizations", "UpdatePolicy"), in,
			 a, &out, &info, err))
		return false;
	val_set_str(a, detail, "what",
		    arena_printf(a, "policy %.*s (%.*s): root sessions excepted",
				 STR_ARG(policy->name), STR_ARG(policy->id)));
	val_set_str(a, detail, "before", policy->content);
	val_set_str(a, detail, "after", mended);
	val_set_str(a, detail, "requestId", info.request_id);
	if (!ledger_add(run, &e, true, err) || !read_policy(run, policy->id, a, &now, err))
		return false;
	if (!str_eq(now, mended))
		return err_set(err, ERR_PROTOCOL,
			       "policy '%.*s' does not read back as it was written",
			       STR_ARG(policy->name));
	return true;
}
