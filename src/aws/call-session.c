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
