#ifndef ROOTOUT_SANDBOX_SERVICES_H
#define ROOTOUT_SANDBOX_SERVICES_H

/*
 * Which services the sandbox serves, and their operations by name.
 */

#include "sandbox/dispatch.h"

extern const struct sandbox_service *const sandbox_services[]; /* ends with NULL */

/* NULL: not served. */
const struct sandbox_service *sandbox_service(struct str id);
const struct sandbox_op *sandbox_service_op(const struct sandbox_service *s, struct str name);

#endif
