#include "aws/api.h"

#include <string.h>

#include "aws/api-private.h"

const struct api_service *api_service(struct str id)
{
	for (size_t i = 0; i < api_tables_count; i++)
		if (str_eq(api_tables[i]->id, id))
			return api_tables[i];
	return NULL;
}

const struct api_service *api_service_at(size_t i)
{
	return i < api_tables_count ? api_tables[i] : NULL;
}

const struct api_service *api_service_by_signing_name(struct str name)
{
	for (size_t i = 0; i < api_tables_count; i++)
		if (str_eq(api_tables[i]->signing_name, name))
			return api_tables[i];
	return NULL;
}

const struct api_service *api_service_by_target(struct str x_amz_target, struct str *op)
{
	/* "AWSOrganizationsV20161128.ListAccounts"; some prefixes hold dots themselves. */
	ptrdiff_t dot = str_rchr(x_amz_target, '.');
	if (dot < 0)
		return NULL;
	struct str prefix = str_sub(x_amz_target, 0, (size_t)dot);
	for (size_t i = 0; i < api_tables_count; i++) {
		const struct api_service *s = api_tables[i];
		if (s->target_prefix.n > 0 && str_eq(s->target_prefix, prefix)) {
			*op = str_from(x_amz_target, (size_t)dot + 1);
			return s;
		}
	}
	return NULL;
}

const struct api_op *api_op(const struct api_service *s, struct str name)
{
	size_t low = 0, high = s->nops;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = str_cmp(s->ops[mid].name, name);
		if (c == 0)
			return &s->ops[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct api_member *api_member(const struct api_shape *s, struct str name)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < s->nmembers; i++)
		if (str_eq(s->members[i].name, name))
			return &s->members[i];
	return NULL;
}

const struct api_shape *api_error(const struct api_op *op, struct str code)
{
	for (size_t i = 0; i < op->nerrors; i++)
		if (str_eq(op->errors[i]->error_code, code) || str_eq(op->errors[i]->name, code))
			return op->errors[i];
	return NULL;
}

const struct api_op *api_op_of(const char *service, const char *op)
{
	const struct api_service *s = api_service(str_of(service));
	const struct api_op *o = s ? api_op(s, str_of(op)) : NULL;
	if (!o)
		BUG("no operation %s of service %s in the API tables", op, service);
	return o;
}
