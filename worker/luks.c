/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LUKS_OPEN: by passphrase or key file, whole activation in this process. */
#include "cryptsetup.h"
#include "dm.h"

#include <unistd.h>

struct volume {
	const struct cryptsetup *lib;
	struct crypt_device *cd;
	GString *messages; /* what libcryptsetup says */
};

static void volume_clear(struct volume *v)
{
	if (v->cd)
		v->lib->crypt_free(v->cd);
	if (v->lib)
		v->lib->crypt_set_log_callback(NULL, NULL, NULL);
	if (v->messages)
		g_string_free(v->messages, TRUE);
}

static void log_fn(int level, const char *msg, void *data)
{
	GString *to = data;
	size_t len = strlen(msg);

	if ((level != CRYPT_LOG_ERROR && level != CRYPT_LOG_NORMAL) || to->len > 2048)
		return;
	if (to->len)
		g_string_append_c(to, ' ');
	while (len && msg[len - 1] == '\n')
		len--;
	g_string_append_len(to, msg, (gssize)len);
}

static int volume_fail(const struct volume *v, const struct action *a, struct input *res, int error,
		       const char *what)
{
	if (v->messages->len)
		return sys_fail(res, error, "%s %s: %s", what, a->node, v->messages->str);
	return sys_fail(res, error, "%s %s: %s", what, a->node, g_strerror(-error));
}

/* The dm uuid of an open volume is CRYPT-LUKSn-<uuid>-<name>. */
static bool state_is_volume(const struct dm_state *s, const char *uuid)
{
	g_auto(GStrv) part = g_strsplit(s->uuid, "-", 4);

	return g_strv_length(part) == 4 && g_str_equal(part[0], "CRYPT") &&
	       g_str_has_prefix(part[1], "LUKS") && (str_empty(uuid) || uuid_equal(part[2], uuid));
}

/* Through devices of its own between (integrity, a reencryption) it lies on this one, and on nothing else. */
static bool lies_on(dev_t upper, dev_t lower, unsigned depth)
{
	g_autofree char *path = g_strdup_printf("/sys/dev/block/%u:%u/slaves", major(upper), minor(upper));
	g_autoptr(GDir) dir = depth < 8 ? g_dir_open(path, 0, NULL) : NULL;
	bool any = false;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *number = sys_read("%s/%s/dev", path, name), *uuid = sys_read("%s/%s/dm/uuid", path, name);
		dev_t below;

		if (!number || devnum_parse(number, &below) < 0)
			return false;
		if (below != lower && (!uuid || !g_str_has_prefix(uuid, "CRYPT-") || !lies_on(below, lower, depth + 1)))
			return false;
		any = true;
	}
	return any;
}

/* 1: open already; 0: not there; -EEXIST. */
static int look(const struct action *a, struct input *res)
{
	struct dm_state s;
	int r;

	dm_log_begin();
	r = dm_query(a->name, &s);
	if (r < 0)
		return dm_fail(res, r, "looking for", a->name);
	if (!s.exists)
		return 0;
	if (!s.live || !state_is_volume(&s, a->uuid))
		return sys_fail(res, -EEXIST, "%s exists and is another device (%s)", a->name, s.uuid);
	if (a->devnum && !lies_on(s.devnum, a->devnum, 0))
		return sys_fail(res, -EEXIST, "%s exists and does not lie on %s", a->name, a->node);
	g_free(res->node);
	res->node = g_strdup_printf("dm-%u", minor(s.devnum));
	res->devnum = s.devnum;
	return 1;
}

static int load(struct volume *v, const struct action *a, const char *path, struct input *res)
{
	int r = str_empty(a->header) ? v->lib->crypt_init(&v->cd, path) :
				       v->lib->crypt_init_data_device(&v->cd, a->header, path);

	if (r < 0)
		return volume_fail(v, a, res, r, "opening");
	r = v->lib->crypt_load(v->cd, CRYPT_LUKS, NULL);
	if (r < 0)
		return volume_fail(v, a, res, r == -EINVAL ? -EBADMSG : r, "no usable LUKS header on");
	if (!str_empty(a->uuid) && !uuid_equal(v->lib->crypt_get_uuid(v->cd), a->uuid))
		return sys_fail(res, -ESTALE, "%s has the LUKS header %s now", a->node,
				v->lib->crypt_get_uuid(v->cd));
	return 0;
}

static bool is_null(const char *cipher)
{
	return !cipher || strstr(cipher, "null");
}

/* While a volume is decrypted in place, part of it is open to everybody, and its header names no cipher. */
static bool being_decrypted(struct volume *v)
{
	struct crypt_params_reencrypt params = { 0 };

	if (!streq0(v->lib->crypt_get_type(v->cd), CRYPT_LUKS2))
		return false;
	switch (v->lib->crypt_reencrypt_status(v->cd, &params)) {
	case CRYPT_REENCRYPT_CLEAN:
	case CRYPT_REENCRYPT_CRASH:
		return params.mode == CRYPT_REENCRYPT_DECRYPT;
	case CRYPT_REENCRYPT_NONE:
	case CRYPT_REENCRYPT_INVALID:
		break;
	}
	return false;
}

/* A header that encrypts nothing opens with any passphrase: somebody has put it in place of the real one. */
static int check_ciphers(struct volume *v, const struct action *a, struct input *res)
{
	int max = v->lib->crypt_keyslot_max(v->lib->crypt_get_type(v->cd));
	bool bad = is_null(v->lib->crypt_get_cipher(v->cd));

	if (being_decrypted(v))
		return sys_fail(res, -EKEYREJECTED, "%s is being decrypted in place: cryptsetup reencrypt --resume-only "
				"/dev/%s, where it can be attended, ends that", a->node, a->node);
	for (int slot = 0; slot < max && !bad; slot++) {
		size_t size;

		switch (v->lib->crypt_keyslot_status(v->cd, slot)) {
		case CRYPT_SLOT_ACTIVE:
		case CRYPT_SLOT_ACTIVE_LAST:
			bad = is_null(v->lib->crypt_keyslot_get_encryption(v->cd, slot, &size));
			break;
		case CRYPT_SLOT_INVALID:
		case CRYPT_SLOT_INACTIVE:
		case CRYPT_SLOT_UNBOUND:
			break;
		}
	}
	if (bad)
		return sys_fail(res, -EKEYREJECTED, "the LUKS header of %s names a null cipher: refused",
				a->node);
	return 0;
}

static uint32_t flags_of(const char *options)
{
	static const struct {
		const char *word;
		uint32_t flag;
	} known[] = {
		{ "discard", CRYPT_ACTIVATE_ALLOW_DISCARDS },
		{ "readonly", CRYPT_ACTIVATE_READONLY },
		{ "read-only", CRYPT_ACTIVATE_READONLY },
		{ "no-read-workqueue", CRYPT_ACTIVATE_NO_READ_WORKQUEUE },
		{ "no-write-workqueue", CRYPT_ACTIVATE_NO_WRITE_WORKQUEUE },
		{ "same-cpu-crypt", CRYPT_ACTIVATE_SAME_CPU_CRYPT },
		{ "submit-from-crypt-cpus", CRYPT_ACTIVATE_SUBMIT_FROM_CRYPT_CPUS },
	};
	g_auto(GStrv) words = g_strsplit(options ?: "", ",", 0);
	uint32_t flags = 0;

	for (char **w = words; *w; w++)
		for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
			if (g_str_equal(*w, known[i].word))
				flags |= known[i].flag;
	return flags;
}

static int activate(struct volume *v, const struct action *a, const struct secret *secret, struct input *res)
{
	int slot = a->keyslot > 0 ? (int)(a->keyslot - 1) : CRYPT_ANY_SLOT;
	uint32_t flags = flags_of(a->options);
	int r;

	if (secret)
		r = v->lib->crypt_activate_by_passphrase(v->cd, a->name, slot, (const char *)secret->bytes,
							 secret->len, flags);
	else
		r = v->lib->crypt_activate_by_keyfile_device_offset(v->cd, a->name, slot, a->keyfile,
								    a->key_size, a->key_offset, flags);
	if (r >= 0)
		return 0;
	if (r == -EPERM)
		return sys_fail(res, -EPERM, "no key slot of %s opens with this %s", a->node,
				secret ? "passphrase" : "key file");
	if (r == -ENOENT && slot != CRYPT_ANY_SLOT)
		return sys_fail(res, -ENXIO, "%s has no key slot %d, which its crypttab entry names", a->node, slot);
	if (r == -ENOENT)
		return sys_fail(res, -ENXIO, "%s has no key slot left that could open it", a->node);
	return volume_fail(v, a, res, r, "opening");
}

/* What can be said without libcryptsetup, and clearer than it does. */
static int check_request(const struct action *a, const struct secret *secret, struct input *res)
{
	if (str_empty(a->name) || strchr(a->name, '/'))
		return sys_fail(res, -EINVAL, "no usable name for the volume");
	if (a->header && access(a->header, F_OK) < 0)
		return sys_fail(res, -ENOENT, "the header %s is not there", a->header);
	if (secret)
		return 0;
	if (str_empty(a->keyfile))
		return sys_fail(res, -ENOKEY, "neither a passphrase nor a key file for %s", a->name);
	if (*a->keyfile != '/')
		return sys_fail(res, -EINVAL, "the key file %s is not an absolute path", a->keyfile);
	if (access(a->keyfile, F_OK) < 0)
		return sys_fail(res, -ENOENT, "the key file %s is not there", a->keyfile);
	return 0;
}

int effect_luks_open(const struct action *a, const struct secret *secret, struct input *res)
{
	_cleanup_(volume_clear) struct volume v = { 0 };
	g_autofree char *path = NULL;
	const char *why;
	int r = check_request(a, secret, res);

	if (r >= 0)
		r = look(a, res);
	if (r > 0)
		return 0;
	if (r >= 0)
		r = sys_check(a, res);
	if (r < 0)
		return r;
	v.lib = cryptsetup_get(&why);
	if (!v.lib)
		return sys_fail(res, -EOPNOTSUPP, "%s cannot be opened: %s", a->node, why);
	v.messages = g_string_new(NULL);
	v.lib->crypt_set_log_callback(NULL, log_fn, v.messages);
	path = sys_node_path(a->node);
	r = load(&v, a, path, res);
	if (r >= 0)
		r = check_ciphers(&v, a, res);
	if (r >= 0)
		r = activate(&v, a, secret, res);
	if (r < 0)
		return r;
	r = look(a, res);
	return r > 0 ? 0 : sys_fail(res, -ENODEV, "%s was opened and is gone", a->name);
}
