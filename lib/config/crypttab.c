/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crypttab(5), the Debian and the systemd dialect where they agree: LUKS volumes.  Where only one
 * of them knows a word, that word means what it means there.
 */
#include "config/config.h"

#define KEY_MAX	 (UINT64_C(8) << 20) /* as much as the worker takes as a secret */
#define NAME_MAX_DM 127

enum option_kind {
	OPTION_WORD,	/* goes into `options` as `word` */
	OPTION_SWITCH,	/* the same, and may be given a truth value */
	OPTION_NUMBER,	/* 0..max, stored plus `bias` */
	OPTION_TIME,
	OPTION_HEADER,
	OPTION_ACCEPT,	/* nothing to be done for it here */
	OPTION_VALUE,	/* the same, but it has to have a value */
	OPTION_LATER,	/* not done yet: the volume opens without it, or a person is asked */
	OPTION_REFUSE,	/* not done yet: the volume cannot be opened without it */
};

struct option {
	const char *name;
	enum option_kind kind;
	const char *word;
	size_t offset;
	uint64_t max;
	unsigned bias;
};

#define WORD(name, word) { name, OPTION_WORD, word }
#define NUMBER(name, field, max, bias)                                                             \
	{                                                                                          \
		name, OPTION_NUMBER, NULL, offsetof(struct input, field), max, bias                \
	}
#define ACCEPT(name) { name, OPTION_ACCEPT }
#define VALUE(name)  { name, OPTION_VALUE }
#define LATER(name)  { name, OPTION_LATER }
#define REFUSE(name) { name, OPTION_REFUSE }

G_STATIC_ASSERT(sizeof(((struct input *)0)->keyslot) == sizeof(uint64_t));

static const struct option options[] = {
	WORD("discard", "discard"),
	WORD("allow-discards", "discard"),
	WORD("readonly", "readonly"),
	WORD("read-only", "readonly"),
	WORD("no-read-workqueue", "no-read-workqueue"),
	WORD("no-write-workqueue", "no-write-workqueue"),
	WORD("same-cpu-crypt", "same-cpu-crypt"),
	WORD("submit-from-crypt-cpus", "submit-from-crypt-cpus"),
	WORD("noauto", "noauto"),
	WORD("nofail", "nofail"),
	{ "headless", OPTION_SWITCH, "headless" },
	NUMBER("tries", tries, G_MAXINT32, 1),
	NUMBER("keyfile-offset", key_offset, G_MAXINT64, 0),
	NUMBER("keyfile-size", key_size, KEY_MAX, 0),
	NUMBER("key-slot", keyslot, 31, 1),
	NUMBER("keyslot", keyslot, 31, 1),
	{ "timeout", OPTION_TIME, NULL, offsetof(struct input, timeout) },
	{ "header", OPTION_HEADER },
	ACCEPT("luks"),
	ACCEPT("auto"),
	ACCEPT("fail"),
	ACCEPT("initramfs"),
	ACCEPT("noearly"),
	ACCEPT("loud"),
	ACCEPT("quiet"),
	ACCEPT("verify"),
	ACCEPT("_netdev"),
	ACCEPT("none"),
	ACCEPT("defaults"),
	/* written into cryptopts= by old image builders */
	ACCEPT("rootdev"),
	ACCEPT("resumedev"),
	ACCEPT("lvm"),
	/* of plain volumes; a LUKS header says these itself */
	VALUE("cipher"),
	VALUE("size"),
	VALUE("hash"),
	VALUE("offset"),
	VALUE("skip"),
	VALUE("sector-size"),
	VALUE("password-echo"),
	VALUE("password-cache"),
	VALUE("keyfile-timeout"),
	VALUE("token-timeout"),
	LATER("check"),
	LATER("checkargs"),
	LATER("keyfile-erase"),
	LATER("try-empty-password"),
	LATER("link-volume-key"),
	LATER("fixate-volume-key"),
	LATER("pkcs11-uri"),
	LATER("fido2-device"),
	LATER("fido2-cid"),
	LATER("fido2-rp"),
	LATER("fido2-pin"),
	LATER("fido2-up"),
	LATER("fido2-uv"),
	LATER("tpm2-device"),
	LATER("tpm2-pcrs"),
	LATER("tpm2-pin"),
	LATER("tpm2-signature"),
	LATER("tpm2-pcrlock"),
	LATER("tpm2-measure-pcr"),
	LATER("tpm2-measure-bank"),
	LATER("tpm2-measure-keyslot-nvpcr"),
	REFUSE("plain"),
	REFUSE("swap"),
	REFUSE("tmp"),
	REFUSE("bitlk"),
	REFUSE("fvault2"),
	REFUSE("tcrypt"),
	REFUSE("tcrypt-hidden"),
	REFUSE("tcrypthidden"),
	REFUSE("tcrypt-system"),
	REFUSE("tcryptsystem"),
	REFUSE("tcrypt-veracrypt"),
	REFUSE("veracrypt"),
	REFUSE("tcrypt-keyfile"),
	REFUSE("veracrypt-pim"),
	REFUSE("keyscript"),
};

struct entry {
	struct input in;
	const char *where;
	struct config *out;
	bool skip;
};

static void entry_clear(struct entry *e)
{
	input_clear(&e->in);
}

static void bad_value(struct entry *e, const char *option, const char *wanted)
{
	config_complain(e->out, CONFIG_CRYPTTAB_VALUE, 3, e->where,
			"%s: option \"%s\" %s; it is ignored", e->in.name, option, wanted);
}

/* Without its header a volume can only be taken for another one. */
static void bad_header(struct entry *e, unsigned number, const char *option, const char *what)
{
	config_complain(e->out, number, 3, e->where, "%s: option \"%s\" %s; the entry is skipped",
			e->in.name, option, what);
	e->skip = true;
}

static void add_word(struct input *in, const char *word)
{
	g_auto(GStrv) have = g_strsplit(in->options ? in->options : "", ",", -1);
	g_autofree char *joined = NULL;

	if (config_word_in((const char *const *)have, word))
		return;
	joined = in->options ? g_strjoin(",", in->options, word, NULL) : g_strdup(word);
	str_set(&in->options, joined);
}

static void set_number(struct entry *e, const struct option *o, const char *text, const char *value)
{
	g_autofree char *wanted = NULL;
	uint64_t n;

	if (value && parse_u64(value, &n) == 0 && n <= o->max) {
		*(uint64_t *)(void *)((char *)&e->in + o->offset) = n + o->bias;
		return;
	}
	wanted = g_strdup_printf("needs a number from 0 to %" PRIu64, o->max);
	bad_value(e, text, wanted);
}

static void set_time(struct entry *e, const struct option *o, const char *text, const char *value)
{
	uint64_t usec;

	if (!value || parse_usec(value, &usec) < 0)
		bad_value(e, text, "needs a time such as 30 or 1min30s");
	else
		*(uint64_t *)(void *)((char *)&e->in + o->offset) = usec == USEC_NEVER ? 0 : usec;
}

/* "path:device": a file on a file system that is not mounted yet. */
static bool on_device(const char *path)
{
	const char *colon = strrchr(path, ':');
	g_autofree char *spec = NULL;

	return colon && (g_str_has_prefix(colon + 1, "/dev/") || strchr(colon + 1, '=')) &&
	       config_spec(colon + 1, false, &spec) == 0;
}

static void set_header(struct entry *e, const char *text, const char *value)
{
	g_autofree char *spec = NULL;

	if (!value || config_spec(value, false, &spec) < 0)
		bad_header(e, CONFIG_CRYPTTAB_VALUE, text, "needs a path or a device");
	else if (on_device(value))
		bad_header(e, CONFIG_CRYPTTAB_TYPE, text,
			   "names a file on another device, which is not supported");
	else
		str_set(&e->in.header, spec);
}

static void set_switch(struct entry *e, const struct option *o, const char *text, const char *value)
{
	bool on = true;

	if (value && config_bool(value, &on) < 0)
		bad_value(e, text, "needs yes or no");
	else if (on)
		add_word(&e->in, o->word);
}

static void option_apply(struct entry *e, const struct option *o, const char *text,
			 const char *value)
{
	switch (o->kind) {
	case OPTION_WORD:
		if (value)
			bad_value(e, text, "takes no value");
		else
			add_word(&e->in, o->word);
		break;
	case OPTION_SWITCH:
		set_switch(e, o, text, value);
		break;
	case OPTION_NUMBER:
		set_number(e, o, text, value);
		break;
	case OPTION_TIME:
		set_time(e, o, text, value);
		break;
	case OPTION_HEADER:
		set_header(e, text, value);
		break;
	case OPTION_ACCEPT:
		break;
	case OPTION_VALUE:
		if (str_empty(value))
			bad_value(e, text, "needs a value");
		break;
	case OPTION_LATER:
		config_complain(e->out, CONFIG_CRYPTTAB_IGNORED, 4, e->where,
				"%s: option \"%s\" is not done yet and is ignored", e->in.name,
				text);
		break;
	case OPTION_REFUSE:
		config_complain(e->out, CONFIG_CRYPTTAB_TYPE, 4, e->where,
				"%s: \"%s\" is not done yet; the entry is skipped", e->in.name,
				text);
		e->skip = true;
		break;
	}
}

static void option_parse(struct entry *e, const char *text)
{
	g_auto(GStrv) pair = g_strsplit(text, "=", 2);
	g_autofree char *value = pair[1] ? config_unescape(pair[1], true) : NULL;

	if (g_str_has_prefix(text, "x-")) /* for other programs, whatever it is */
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		if (g_str_equal(pair[0], options[i].name)) {
			option_apply(e, &options[i], text, value);
			return;
		}
	}
	config_complain(e->out, CONFIG_CRYPTTAB_UNKNOWN, 4, e->where,
			"%s: option \"%s\" is unknown and is ignored", e->in.name, text);
}

static void refuse(struct entry *e, const char *what, const char *text)
{
	config_complain(e->out, CONFIG_CRYPTTAB_LINE, 3, e->where,
			"%s: \"%s\"; the entry is skipped", what, text);
	e->skip = true;
}

static void set_name(struct entry *e, const char *name)
{
	bool bad = !*name || strlen(name) > NAME_MAX_DM || strchr(name, '/') ||
		   g_str_equal(name, ".") || g_str_equal(name, "..") ||
		   g_str_equal(name, "control");

	for (const char *p = name; *p; p++)
		bad |= g_ascii_iscntrl(*p);
	str_set(&e->in.name, name);
	if (bad)
		refuse(e, "this cannot be the name of a volume", name);
}

static void set_key(struct entry *e, const char *key)
{
	g_autofree char *spec = NULL;

	if (str_empty(key) || g_str_equal(key, "none") || g_str_equal(key, "-"))
		return;
	if (g_str_equal(key, "/dev/urandom") || g_str_equal(key, "/dev/random") ||
	    g_str_equal(key, "/dev/hw_random")) {
		config_complain(e->out, CONFIG_CRYPTTAB_TYPE, 4, e->where,
				"%s: a random key is not done yet; the entry is skipped",
				e->in.name);
		e->skip = true;
	} else if (config_spec(key, false, &spec) < 0) {
		refuse(e, "the key has to be a path, \"none\" or \"-\"", key);
	} else if (*key != '/' || on_device(key)) {
		config_complain(
			e->out, CONFIG_CRYPTTAB_IGNORED, 4, e->where,
			"%s: a key on another device is not done yet; a passphrase is asked for "
			"instead of \"%s\"",
			e->in.name, key);
	} else {
		str_set(&e->in.keyfile, key);
	}
}

/* Only within one file: what the command line adds to crypttab is for the core to merge. */
static bool same_file(const char *a, const char *b)
{
	const char *colon = strrchr(b, ':');
	size_t len = colon ? (size_t)(colon - b) + 1 : strlen(b) + 1;

	return strncmp(a, b, len) == 0;
}

static void check_duplicate(struct entry *e)
{
	for (unsigned i = 0; i < e->out->inputs->len && !e->skip; i++) {
		const struct input *in = g_ptr_array_index(e->out->inputs, i);

		if (in->type_id != INPUT_VOLUME || !g_str_equal(in->name, e->in.name) ||
		    !same_file(in->where, e->where))
			continue;
		config_complain(e->out, CONFIG_CRYPTTAB_DUPLICATE, 3, e->where,
				"%s is already defined at %s; this entry is skipped", in->name,
				in->where);
		e->skip = true;
	}
}

struct input *volume_add(const struct volume_text *t, struct config *out)
{
	_cleanup_(entry_clear) struct entry e = { .in = { .type_id = INPUT_VOLUME },
						  .where = t->where,
						  .out = out };
	g_auto(GStrv) words = g_strsplit(t->options ? t->options : "", ",", -1);
	struct input *in;

	set_name(&e, t->name);
	if (config_spec(t->spec, false, &e.in.spec) < 0)
		refuse(&e, "this source is neither a path nor UUID=, LABEL=, PARTUUID=, PARTLABEL=",
		       t->spec);
	for (char **w = words; *w; w++)
		if (**w)
			option_parse(&e, *w);
	if (!e.skip)
		set_key(&e, t->key);
	check_duplicate(&e);
	if (e.skip)
		return NULL;
	str_set(&e.in.where, t->where);
	in = config_add(out, INPUT_VOLUME);
	*in = e.in;
	memset(&e.in, 0, sizeof e.in);
	return in;
}

static void line_parse(const char *line, const char *where, struct config *out)
{
	g_auto(GStrv) f = config_fields(line, 2);
	unsigned n = g_strv_length(f);
	g_autofree char *name = n > 0 ? config_unescape(f[0], true) : NULL;
	g_autofree char *spec = n > 1 ? config_unescape(f[1], true) : NULL;
	g_autofree char *key = n > 2 ? config_unescape(f[2], true) : NULL;

	if (!n)
		return;
	if (n < 2) {
		config_complain(out, CONFIG_CRYPTTAB_LINE, 3, where,
				"%s: an entry needs a name and a source; it is skipped", name);
		return;
	}
	if (n > 4)
		config_complain(
			out, CONFIG_CRYPTTAB_EXCESS, 4, where,
			"%s: \"%s\" and what follows it is ignored: an entry has four fields, and "
			"options are separated by commas without blanks",
			name, f[4]);
	(void)volume_add(&(struct volume_text){ where, name, spec, key, n > 3 ? f[3] : NULL }, out);
}

void crypttab_parse(const char *text, const char *file, struct config *out)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (unsigned i = 0; lines[i]; i++) {
		g_autofree char *where = g_strdup_printf("%s:%u", file, i + 1);

		line_parse(lines[i], where, out);
	}
}
