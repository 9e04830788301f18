#include "sandbox/services.h"

/* The services that the sandbox serves: each adds its line when its file is there. */
const struct sandbox_service *const sandbox_services[] = {
	&sandbox_sts,
	&sandbox_organizations,
	&sandbox_iam,
	NULL,
};

const struct sandbox_service *sandbox_service(struct str id)
{
	for (size_t i = 0; sandbox_services[i]; i++)
		if (str_eqz(id, sandbox_services[i]->id))
			return sandbox_services[i];
	return NULL;
}

const struct sandbox_op *sandbox_service_op(const struct sandbox_service *s, struct str name)
{
	size_t lo = 0, hi = s->nops;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = str_cmp(name, str_of(s->ops[mid].name));
		if (cmp == 0)
			return &s->ops[mid];
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}
