#ifndef ROOTOUT_AWS_WIRE_REST_PRIVATE_H
#define ROOTOUT_AWS_WIRE_REST_PRIVATE_H

/*
 * The rest protocols, in three files.
 *
 *	wire-rest-put.c    requests of the client, answers of the server
 *	wire-rest.c        headers and bodies read; answers of the server
 *	wire-rest-route.c  which operation a URL means, and its input
 */

#include "aws/wire-private.h"

bool rest_is_json(const struct api_op *op);
/* The member that is the whole body; NULL: none. */
const struct api_member *rest_payload(const struct api_shape *s);
/* Is there a member that travels in the body? */
bool rest_has_body(const struct api_shape *s);

/* "{Key+}" at the start of t: its member, whether slashes stay, how long the label is. */
bool rest_label_at(const struct api_shape *s, struct str t, const struct api_member **m,
		   bool *greedy, size_t *len);

bool rest_get_headers(struct wire_get *g, const struct api_shape *s,
		      const struct http_header *headers, size_t n, struct val *out) MUST_CHECK;
bool rest_get_body(struct wire_get *g, const struct api_op *op, const struct api_shape *s,
		   struct str body, struct val *out) MUST_CHECK;

#endif
