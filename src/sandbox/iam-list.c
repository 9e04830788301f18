#include <stdlib.h>

#include "sandbox/iam-private.h"

/* "If you do not include this parameter, the number of items defaults to 100." */
#define PAGE_ROWS 100

void iam_add_row(struct sandbox_request *r, struct iam_rows *rows, struct str name,
		 const void *item)
{
	rows->v = arena_grow(r->arena, rows->v, rows->n, &rows->cap, sizeof(*rows->v));
	rows->v[rows->n++] = (struct iam_row){name, item};
}

static int by_name(const void *a, const void *b)
{
	const struct iam_row *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

void iam_sort_rows(struct iam_rows *rows)
{
	if (rows->n)
		qsort(rows->v, rows->n, sizeof(*rows->v), by_name);
}

bool iam_page(struct sandbox_request *r, struct page *p)
{
	return page_begin(r, PAGE_ROWS, p) ||
	       sandbox_fault(r, 400, "ValidationError", "Invalid Marker.");
}

bool iam_put_rows(struct sandbox_request *r, const struct iam_rows *rows, const char *member,
		  struct val *(*show)(struct sandbox_request *r, const void *item))
{
	struct page p = {.size = SIZE_MAX};

	if (r->op->pages && !iam_page(r, &p))
		return false;
	struct val *list = val_setz(r->out, member, val_list(r->arena));
	for (size_t i = 0; i < rows->n; i++)
		if (page_has(&p, i))
			val_append(list, show(r, rows->v[i].item));
	if (r->op->pages)
		page_end(r, &p, rows->n);
	else if (api_member(r->op->output, STR("IsTruncated")))
		val_set_bool(r->arena, r->out, "IsTruncated", false);
	return true;
}

struct val *iam_show_name(struct sandbox_request *r, const void *item)
{
	const struct str *name = item;

	return val_string(r->arena, *name);
}
