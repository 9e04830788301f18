/* Listings: page after page, whatever the pages hold. */

#include <stdlib.h>
#include <string.h>

#include "aws/call-private.h"
#include "base/buf.h"
#include "base/limits.h"

/* AWS's longest tokens are a few KiB. */
#define TOKEN_MAX KIB(64)

struct listing {
	const struct api_op *op;
	struct buf token;  /* of the page to come */
	struct buf marked; /* one of the tokens before, see goes_round */
	unsigned pages, mark_at;
	struct err *err;
};

/*
 * Does the token come again? Brent's way: one token is remembered, a later one
 * each time the number of pages has doubled. A circle of any length is found
 * within three times its length, and two equal tokens in a row at once.
 */
static bool goes_round(struct listing *l, struct str token)
{
	if (l->pages > 1 && str_eq(buf_str(&l->marked), token))
		return true;
	if (l->pages == l->mark_at) {
		buf_reset(&l->marked);
		(void)buf_adds(&l->marked, token);
		l->mark_at *= 2;
	}
	return false;
}

static bool wrong(struct listing *l, const char *what)
{
	return err_set(l->err, ERR_PROTOCOL, "%.*s:%.*s: %s (page %u)", STR_ARG(l->op->service->id),
		       STR_ARG(l->op->name), what, l->pages);
}

/* *more: l->token is the next page's. */
static bool next_token(struct listing *l, const struct val *out, bool *more)
{
	const struct api_pages *pages = l->op->pages;
	struct str token = str_of(NULL);
	struct val *t = val_gets(out, pages->output_token);

	*more = false;
	if (!str_is_null(pages->more) && !val_true(val_gets(out, pages->more)))
		return true;
	token = val_str(t);
	if (str_is_empty(token)) {
		if (!str_is_null(pages->more))
			return wrong(l, "the listing goes on, but no token says where");
		return true;
	}
	if (token.n > TOKEN_MAX)
		return wrong(l, "a token that is too long");
	if (str_eq(buf_str(&l->token), token) || goes_round(l, token))
		return wrong(l, "the listing goes in a circle: the same token came again");
	if (l->pages >= LIMIT_PAGES)
		return wrong(l, "the listing does not end");
	buf_reset(&l->token);
	(void)buf_adds(&l->token, token);
	*more = true;
	return true;
}

static bool one_page(struct listing *l, struct aws_worker *w, struct aws_identity *id,
		     const struct val *in, struct arena *a, struct val **out)
{
	struct val *page_in = in ? val_copy(a, in) : val_object(a);

	if (l->token.n > 0)
		val_replace(page_in, l->op->pages->input_token, val_string(a, buf_str(&l->token)));
	l->pages++;
	return aws_call_ex(w, id, l->op, page_in, a, out, NULL, l->err);
}

bool aws_pages(struct aws_worker *w, struct aws_identity *id, const char *service, const char *op,
	       const struct val *in, bool (*row)(const struct val *row, void *ctx), void *ctx,
	       struct err *err)
{
	struct listing l = {.op = api_op_of(service, op), .mark_at = 1, .err = err};
	struct arena *a = arena_new();
	struct val *out;
	bool more = true, ok = true;

	if (!l.op->pages)
		BUG("%s:%s is not a listing", service, op);
	buf_init(&l.token, TOKEN_MAX);
	buf_init(&l.marked, TOKEN_MAX);
	while (ok && more) {
		arena_reset(a);
		ok = one_page(&l, w, id, in, a, &out);
		if (!ok)
			break;
		VAL_EACH(r, val_gets(out, l.op->pages->result))
		{
			if (!row(r, ctx))
				goto done;
		}
		ok = next_token(&l, out, &more);
	}
done:
	buf_release(&l.token);
	buf_release(&l.marked);
	arena_free(&a);
	return ok;
}
