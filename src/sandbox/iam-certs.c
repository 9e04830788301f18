#include "sandbox/iam-private.h"

/* X.509 signing certificates. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html */
#define CERTS_MAX 2

static void put_cert(struct sandbox_request *r, const struct iam_target *t,
		     const struct iam_cert *c, struct val *o)
{
	val_set_str(r->arena, o, "UserName", t->user ? t->user->name : r->who->account->id);
	val_set_str(r->arena, o, "CertificateId", c->id);
	val_set_str(r->arena, o, "CertificateBody", c->body);
	val_set_z(r->arena, o, "Status", c->active ? "Active" : "Inactive");
	iam_put_time(r, o, "UploadDate", c->uploaded_ms);
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	struct val *o = val_object(r->arena);
	struct iam_target t;

	if (iam_target(r, &t))
		put_cert(r, &t, item, o);
	return o;
}

bool iam_list_signing_certificates(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	for (const struct iam_cert *c = *t.certs; c; c = c->next)
		iam_add_row(r, &rows, c->id, c);
	return iam_put_rows(r, &rows, "Certificates", show_row);
}

static struct iam_cert *need_cert(struct sandbox_request *r, const struct iam_target *t)
{
	struct str id = val_get_str(r->in, "CertificateId");

	for (struct iam_cert *c = *t->certs; c; c = c->next)
		if (str_eq(c->id, id))
			return c;
	sandbox_fault(r, 404, "NoSuchEntity", "The Certificate with id %.*s cannot be found.",
		      STR_ARG(id));
	return NULL;
}

bool iam_delete_signing_certificate(struct sandbox_request *r)
{
	struct iam_target t;
	struct iam_cert *c;

	if (!iam_target(r, &t) || !(c = need_cert(r, &t)))
		return false;
	WORLD_REMOVE(*t.certs, c);
	return true;
}

bool iam_update_signing_certificate(struct sandbox_request *r)
{
	struct iam_target t;
	struct iam_cert *c;

	if (!iam_target(r, &t) || !(c = need_cert(r, &t)))
		return false;
	c->active = str_eqz(val_get_str(r->in, "Status"), "Active");
	return true;
}

/* "The request was rejected because the same certificate is associated with an IAM user in the
 * account." */
static bool is_new(struct sandbox_request *r, struct str body)
{
	const struct iam_account *iam = &r->who->account->iam;
	bool found = false;

	for (const struct iam_cert *c = iam->root.certs; c; c = c->next)
		found |= str_eq(c->body, body);
	for (const struct iam_user *u = iam->users; u; u = u->next)
		for (const struct iam_cert *c = u->certs; c; c = c->next)
			found |= str_eq(c->body, body);
	return !found || sandbox_fault(r, 409, "DuplicateCertificate",
				       "The Certificate is already in use in the account.");
}

bool iam_upload_signing_certificate(struct sandbox_request *r)
{
	struct str body = str_trim(val_get_str(r->in, "CertificateBody"));
	struct world *w = r->world;
	struct iam_target t;

	if (!iam_target(r, &t) ||
	    !iam_has_room(r, IAM_COUNT(*t.certs), CERTS_MAX, "SigningCertificatesPerUser"))
		return false;
	if (!iam_pem_certificate(r->arena, body, NULL))
		return sandbox_fault(r, 400, "MalformedCertificate",
				     "The certificate body is not a PEM-encoded X.509 "
				     "certificate.");
	if (!is_new(r, body))
		return false;
	struct iam_cert *c = arena_new_of(w->arena, struct iam_cert);
	c->id = world_id(w, &r->rng, "", ALPHABET_IAM, 32);
	c->body = world_str(w, body);
	c->active = true;
	c->uploaded_ms = r->now_ms;
	WORLD_PUSH(*t.certs, c);
	put_cert(r, &t, c, val_setz(r->out, "Certificate", val_object(r->arena)));
	return true;
}
