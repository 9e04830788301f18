/* Calls that yield credentials, and leave them in one place only. */

#include "aws/call-private.h"

bool aws_call_session(struct aws_worker *w, struct aws_identity *id, const struct api_op *op,
		      const struct val *in, struct str account_id, struct aws_identity **out,
		      struct aws_call_info *info, struct err *err)
{
	struct aws_call_info own = {0};
	struct arena *a = arena_new();
	struct call c = {.w = w, .id = id, .op = op, .a = a, .info = info ? info : &own};
	struct val *answer = NULL;

	*out = NULL;
	if (call_run(&c, in, &answer, err))
		*out = aws_identity_from(w->aws, account_id, val_get(answer, "Credentials"), err);
	/* Its arena ends here: what the caller gets must not point into it. */
	if (info)
		info->request_id = STR_NULL;
	arena_wipe(a);
	arena_free(&a);
	return *out != NULL;
}

#define SHORTEST_S 900

bool aws_role_session(struct aws_worker *w, struct aws_identity *id, struct str account,
		      struct str role, const char *session_name, struct aws_identity **out,
		      struct err *err)
{
	struct arena *a = arena_new();
	struct val *in = val_object(a);
	bool ok;

	val_set_str(a, in, "RoleArn",
		    arena_printf(a, "arn:%.*s:iam::%.*s:role/%.*s", STR_ARG(aws_partition(w->aws)),
				 STR_ARG(account), STR_ARG(role)));
	val_set_z(a, in, "RoleSessionName", session_name);
	val_set_int(a, in, "DurationSeconds", SHORTEST_S);
	ok = aws_call_session(w, id, api_op_of("sts", "AssumeRole"), in, account, out, NULL, err);
	arena_free(&a);
	return ok;
}
