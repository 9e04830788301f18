#include "sandbox/iam-private.h"

bool iam_list_signing_certificates(struct sandbox_request *r)
{
	struct val *list = val_setz(r->out, "Certificates", val_list(r->arena));
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	for (struct iam_cert *c = *t.certs; c; c = c->next) {
		struct val *o = val_append(list, val_object(r->arena));

		val_set_str(r->arena, o, "UserName", t.user ? t.user->name : r->who->account->id);
		val_set_str(r->arena, o, "CertificateId", c->id);
		val_set_str(r->arena, o, "CertificateBody", c->body);
		val_set_z(r->arena, o, "Status", c->active ? "Active" : "Inactive");
		iam_put_time(r, o, "UploadDate", c->uploaded_ms);
	}
	val_set_bool(r->arena, r->out, "IsTruncated", false);
	return true;
}

bool iam_delete_signing_certificate(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "CertificateId");
	struct iam_target t;
	struct iam_cert *c;

	if (!iam_target(r, &t))
		return false;
	for (c = *t.certs; c && !str_eq(c->id, id);)
		c = c->next;
	if (!c)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "The Certificate with id %.*s cannot be found.", STR_ARG(id));
	WORLD_REMOVE(*t.certs, c);
	return true;
}
