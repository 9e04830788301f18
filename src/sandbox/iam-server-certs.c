#include "sandbox/iam-private.h"

/*
 * Server certificates. The private key is looked at and not kept: no operation
 * gives it back.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html
 */
#define KIND "ServerCertificate"
#define CERTIFICATES_MAX 20

static const char *const metadata[] = {
	"Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Expiration",
	NULL};

static struct val *need_certificate(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "ServerCertificateName");
	struct val *c = iam_other(&r->who->account->iam, KIND, name);

	if (!c)
		sandbox_fault(r, 404, "NoSuchEntity",
			      "The Server Certificate with name %.*s cannot be found.",
			      STR_ARG(name));
	return c;
}

struct str iam_server_certificate_arn(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "ServerCertificateName");
	const struct val *c = iam_other(&r->who->account->iam, KIND, name);

	return c ? val_get_str(c, "Arn") : iam_make_arn(r, "server-certificate", iam_path(r), name);
}

static bool name_is_free(struct sandbox_request *r, struct str name, const struct val *except)
{
	const struct val *c = iam_other(&r->who->account->iam, KIND, name);

	return !c || c == except ||
	       sandbox_fault(r, 409, "EntityAlreadyExists",
			     "The Server Certificate with name %.*s already exists.",
			     STR_ARG(name));
}

static bool malformed(struct sandbox_request *r, const char *what)
{
	return sandbox_fault(r, 400, "MalformedCertificate", "%s", what);
}

static bool check_new(struct sandbox_request *r, int64_t *expires_ms)
{
	const struct iam_account *iam = &r->who->account->iam;
	struct str chain = val_get_str(r->in, "CertificateChain");

	if (!name_is_free(r, val_get_str(r->in, "ServerCertificateName"), NULL) ||
	    !iam_has_room(r, val_count(iam_others(iam, KIND)), CERTIFICATES_MAX,
			  "ServerCertificatesPerAccount") ||
	    !iam_check_tags(r))
		return false;
	if (!iam_pem_certificate(r->arena, val_get_str(r->in, "CertificateBody"), expires_ms))
		return malformed(r, "Unable to parse certificate. Please ensure the certificate is "
				    "in PEM format.");
	if (!iam_pem_private_key(r->arena, val_get_str(r->in, "PrivateKey")))
		return malformed(r, "Unable to parse key; the body must be a PEM-encoded private "
				    "key that is not encrypted.");
	if (!str_is_null(chain) && !iam_pem_chain(r->arena, chain))
		return malformed(r, "Unable to parse certificate chain. Please ensure the chain "
				    "is in PEM format.");
	return true;
}

static struct val *show(struct sandbox_request *r, const struct val *c)
{
	struct val *o = val_object(r->arena);

	iam_copy_members(r, o, c, metadata);
	return o;
}

bool iam_upload_server_certificate(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "ServerCertificateName"), path = iam_path(r);
	struct world_tags tags = {0};
	int64_t expires_ms;

	if (!check_new(r, &expires_ms))
		return false;
	struct val *c = iam_new_other(r, KIND, world_str(r->world, name));
	iam_set_str(r, c, "Path", path);
	iam_set_str(r, c, "ServerCertificateName", name);
	iam_set_str(r, c, "ServerCertificateId",
		    world_id(r->world, &r->rng, "ASCA", ALPHABET_IAM, 17));
	iam_set_str(r, c, "Arn", iam_make_arn(r, "server-certificate", path, name));
	iam_set_time(r, c, "UploadDate", r->now_ms);
	iam_set_time(r, c, "Expiration", expires_ms);
	iam_set_str(r, c, "CertificateBody", val_get_str(r->in, "CertificateBody"));
	iam_set_str(r, c, "CertificateChain", val_get_str(r->in, "CertificateChain"));
	iam_keep_tags(r, &tags);
	if (tags.n)
		iam_set_val(r, c, "Tags", iam_show_tags(r, &tags));
	val_setz(r->out, "ServerCertificateMetadata", show(r, c));
	iam_put_tags(r, r->out, &tags);
	return true;
}

bool iam_get_server_certificate(struct sandbox_request *r)
{
	static const char *const members[] = {"CertificateBody", "CertificateChain", "Tags", NULL};
	const struct val *c = need_certificate(r);

	if (!c)
		return false;
	struct val *o = val_setz(r->out, "ServerCertificate", val_object(r->arena));
	val_setz(o, "ServerCertificateMetadata", show(r, c));
	iam_copy_members(r, o, c, members);
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return show(r, item);
}

bool iam_list_server_certificates(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (iam_starts_with_path(r, val_get_str(v, "Path")))
		iam_add_row(r, &rows, v->name, v);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "ServerCertificateMetadataList", show_row);
}

/* It is kept by its name, so a new name is a new place with the same content. */
bool iam_update_server_certificate(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "NewServerCertificateName");
	struct str path = val_get_str(r->in, "NewPath");
	struct val *c = need_certificate(r);

	if (!c)
		return false;
	if (str_is_null(name))
		name = c->name;
	if (str_is_null(path))
		path = val_get_str(c, "Path");
	struct str arn = iam_make_arn(r, "server-certificate", path, name);
	if (!name_is_free(r, name, c) ||
	    !sandbox_authorize(r, "iam:UpdateServerCertificate", arn, NULL, 0))
		return false;
	struct val *old = val_copy(r->arena, c);
	iam_remove_other(r, KIND, c->name);
	c = iam_new_other(r, KIND, world_str(r->world, name));
	VAL_EACH(m, old)
	val_set(c, world_str(r->world, m->name), val_copy(r->world->arena, m));
	iam_set_str(r, c, "Path", path);
	iam_set_str(r, c, "ServerCertificateName", name);
	iam_set_str(r, c, "Arn", arn);
	return true;
}

bool iam_delete_server_certificate(struct sandbox_request *r)
{
	const struct val *c = need_certificate(r);

	if (!c)
		return false;
	iam_remove_other(r, KIND, c->name);
	return true;
}
