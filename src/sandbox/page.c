#include "base/buf.h"
#include "base/digest.h"
#include "base/limits.h"
#include "sandbox/dispatch.h"
#include "text/json.h"

/*
 * A token is "1:FROM:MAC" in base64, where MAC is made over FROM, the operation
 * and its input without token and limit: a token of another listing, or one
 * that somebody made up, is not one of ours.
 */
#define MAC_DIGITS 24
#define TOKEN_MAX 256

static void mac(const struct sandbox_request *r, size_t from, char out[MAC_DIGITS + 1])
{
	const struct api_pages *pages = r->op->pages;
	struct buf b = BUF_INIT(LIMIT_REQUEST_BYTES * 8);
	unsigned char sum[SHA256_SIZE];
	uint64_t key = r->world->seed;

	buf_addf(&b, "%.*s %.*s %.*s %zu ", STR_ARG(r->op->service->id), STR_ARG(r->op->name),
		 STR_ARG(r->who->account->id), from);
	VAL_EACH(m, r->in)
	{
		if (str_eq(m->name, pages->input_token) || str_eq(m->name, pages->limit))
			continue;
		json_write_string(m->name, &b);
		json_write(m, JSON_COMPACT, &b);
	}
	hmac_sha256(str_ofn((const char *)&key, sizeof(key)), buf_str(&b), sum);
	hex_put(sum, MAC_DIGITS / 2, out);
	buf_release(&b);
}

static bool read_token(struct sandbox_request *r, struct str token, size_t *from)
{
	struct str text, version, rest, number, told;
	char ours[MAC_DIGITS + 1];
	uint64_t n;

	if (token.n > TOKEN_MAX || !base64_get(r->arena, token, &text) ||
	    !str_cut(text, ':', &version, &rest) || !str_cut(rest, ':', &number, &told) ||
	    !str_eqz(version, "1") || !str_to_u64(number, &n))
		return false;
	mac(r, (size_t)n, ours);
	*from = (size_t)n;
	return str_eqz(told, ours);
}

bool page_begin(struct sandbox_request *r, size_t default_size, struct page *p)
{
	const struct api_pages *pages = r->op->pages;
	const struct val *token, *limit;

	*p = (struct page){.size = default_size};
	if (!pages)
		BUG("%.*s is not paginated", STR_ARG(r->op->name));
	limit = val_gets(r->in, pages->limit);
	if (limit && val_i64(limit, 0) > 0)
		p->size = (size_t)val_i64(limit, 0);
	token = val_gets(r->in, pages->input_token);
	return !token || read_token(r, val_str(token), &p->from);
}

void page_end(struct sandbox_request *r, const struct page *p, size_t total)
{
	const struct api_pages *pages = r->op->pages;
	bool more = p->from + p->size < total;
	char sum[MAC_DIGITS + 1];

	if (!str_is_null(pages->more))
		val_set(r->out, pages->more, val_bool(r->arena, more));
	if (!more)
		return;
	mac(r, p->from + p->size, sum);
	struct str text = arena_printf(r->arena, "1:%zu:%s", p->from + p->size, sum);
	val_set(r->out, pages->output_token, val_string(r->arena, base64_put(r->arena, text)));
}
