#include "base/digest.h"
#include "sandbox/iam-private.h"

/* SSH public keys of CodeCommit. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html */
#define KIND "SSHPublicKey"
#define KEYS_MAX 5
#define MD5_SIZE 16

static struct val *need_key(struct sandbox_request *r, struct iam_user **owner)
{
	struct str id = val_get_str(r->in, "SSHPublicKeyId");
	struct iam_user *u = iam_need_user(r, val_get_str(r->in, "UserName"));
	struct val *key = u ? iam_other(&r->who->account->iam, KIND, id) : NULL;

	*owner = u;
	if (key && iam_is_others_owner(key, u))
		return key;
	if (u)
		sandbox_fault(r, 404, "NoSuchEntity",
			      "The SSH Public Key with id %.*s cannot be found.", STR_ARG(id));
	return NULL;
}

/* "12:34:…": the MD5 of the key's bytes, as ssh-keygen -E md5 tells it. */
static struct str fingerprint(struct sandbox_request *r, struct str blob)
{
	char base64[25], hex[MD5_SIZE * 2 + 1];
	char *out = arena_alloc(r->arena, MD5_SIZE * 3);
	struct str raw;

	md5_base64(blob, base64);
	if (!base64_get(r->arena, str_of(base64), &raw) || raw.n != MD5_SIZE)
		return STR("00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00");
	hex_put(raw.p, raw.n, hex);
	for (size_t i = 0; i < MD5_SIZE; i++) {
		out[i * 3] = hex[i * 2];
		out[i * 3 + 1] = hex[i * 2 + 1];
		out[i * 3 + 2] = ':';
	}
	return str_ofn(out, MD5_SIZE * 3 - 1);
}

/* "ssh-rsa BASE64 [comment]"; AWS takes RSA keys alone. */
static bool read_key(struct sandbox_request *r, struct str body, struct str *blob)
{
	struct str type, rest, base64;

	str_cut(str_trim(body), ' ', &type, &rest);
	str_cut(rest, ' ', &base64, &rest);
	return (str_eqz(type, "ssh-rsa") && base64_get(r->arena, base64, blob) && blob->n > 0) ||
	       sandbox_fault(r, 400, "InvalidPublicKey",
			     "SSH Public key is invalid: the sandbox takes keys of the form "
			     "'ssh-rsa …'.");
}

static struct val *show(struct sandbox_request *r, const struct val *key, const struct iam_user *u,
			bool whole)
{
	static const char *const some[] = {"SSHPublicKeyId", "Status", "UploadDate", NULL};
	static const char *const all[] = {"SSHPublicKeyId", "Fingerprint", "SSHPublicKeyBody",
					  "Status",         "UploadDate",  NULL};
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "UserName", u->name);
	iam_copy_members(r, o, key, whole ? all : some);
	return o;
}

static size_t keys_of(const struct iam_account *iam, const struct iam_user *u)
{
	size_t n = 0;

	VAL_EACH(v, iam_others(iam, KIND))
	n += iam_is_others_owner(v, u);
	return n;
}

static bool is_new(struct sandbox_request *r, const struct iam_user *u, struct str print)
{
	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (iam_is_others_owner(v, u) && str_eq(val_get_str(v, "Fingerprint"), print))
		return sandbox_fault(r, 400, "DuplicateSSHPublicKey",
				     "The SSH public key is already associated with the user.");
	return true;
}

bool iam_upload_ssh_public_key(struct sandbox_request *r)
{
	struct str body = val_get_str(r->in, "SSHPublicKeyBody"), blob;
	struct iam_user *u = iam_need_user(r, val_get_str(r->in, "UserName"));

	if (!u || !read_key(r, body, &blob) ||
	    !iam_has_room(r, keys_of(&r->who->account->iam, u), KEYS_MAX, "SSHPublicKeysPerUser"))
		return false;
	struct str print = fingerprint(r, blob);
	if (!is_new(r, u, print))
		return false;
	struct str id = world_id(r->world, &r->rng, "APKA", ALPHABET_IAM, 17);
	struct val *key = iam_new_other(r, KIND, id);
	iam_set_str(r, key, "UserId", u->id);
	iam_set_str(r, key, "SSHPublicKeyId", id);
	iam_set_str(r, key, "Fingerprint", print);
	iam_set_str(r, key, "SSHPublicKeyBody", body);
	iam_set_str(r, key, "Status", STR("Active"));
	iam_set_time(r, key, "UploadDate", r->now_ms);
	val_setz(r->out, "SSHPublicKey", show(r, key, u, true));
	return true;
}

bool iam_get_ssh_public_key(struct sandbox_request *r)
{
	struct iam_user *u;
	const struct val *key = need_key(r, &u);

	if (!key)
		return false;
	if (!str_eqz(val_get_str(r->in, "Encoding"), "SSH"))
		return sandbox_fault(r, 501, "NotImplemented",
				     "The sandbox gives SSH public keys in the encoding SSH only.");
	val_setz(r->out, "SSHPublicKey", show(r, key, u, true));
	return true;
}

bool iam_update_ssh_public_key(struct sandbox_request *r)
{
	struct iam_user *u;
	struct val *key = need_key(r, &u);

	if (!key)
		return false;
	iam_set_str(r, key, "Status", val_get_str(r->in, "Status"));
	return true;
}

bool iam_delete_ssh_public_key(struct sandbox_request *r)
{
	struct iam_user *u;
	const struct val *key = need_key(r, &u);

	if (!key)
		return false;
	iam_remove_other(r, KIND, key->name);
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	const struct val *key = item;

	return show(r, key, iam_others_owner(&r->who->account->iam, key), false);
}

bool iam_list_ssh_public_keys(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (t.user && iam_is_others_owner(v, t.user))
		iam_add_row(r, &rows, v->name, v);
	return iam_put_rows(r, &rows, "SSHPublicKeys", show_row);
}
