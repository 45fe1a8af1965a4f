/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel command line: the words of the kernel, of initramfs-tools(7) and of the encrypted
 * volumes of three families (rd.luks.*, cryptopts=, cryptdevice=).  Later words override earlier
 * ones.
 */
#include "config/config.h"

#define WHERE INPUT_COMMAND_LINE

/* A volume is put together from several words, in any order. */
struct volume {
	char *uuid; /* of rd.luks words; NULL: cryptopts=, cryptdevice= */
	char *name, *spec, *key, *options;
	bool wanted;  /* rd.luks.uuid= or .name=, not only a key or options */
	bool unnamed; /* the name is our default */
};

struct parser {
	struct cmdline *ret;
	struct config *out;
	const char *mode, *repair; /* of fsck */
	char *degraded, *key, *options;
	GPtrArray *volumes;
	bool no_volumes;
	bool locked;
};

enum word_kind {
	WORD_STRING,
	WORD_PATH,
	WORD_SPEC,
	WORD_NUMBER,
	WORD_TRUE, /* without value, as are the next two */
	WORD_FALSE,
	WORD_CALL,
};

struct word {
	const char *name;
	enum word_kind kind;
	size_t offset;
	uint64_t max;
	int (*call)(struct parser *p, const char *value); /* value NULL: bare word */
	const char *wanted;				   /* text of the complaint if call fails */
};

static void volume_free(void *ptr)
{
	struct volume *v = ptr;

	g_free(v->uuid);
	g_free(v->name);
	g_free(v->spec);
	g_free(v->key);
	g_free(v->options);
	g_free(v);
}

static struct volume *volume_new(struct parser *p, char *uuid)
{
	struct volume *v = g_new0(struct volume, 1);

	v->uuid = uuid;
	g_ptr_array_add(p->volumes, v);
	return v;
}

static struct volume *volume_get(struct parser *p, const char *uuid)
{
	for (unsigned i = 0; i < p->volumes->len; i++) {
		struct volume *v = g_ptr_array_index(p->volumes, i);

		if (uuid_equal(v->uuid, uuid))
			return v;
	}
	return volume_new(p, g_strdup(uuid));
}

static int call_fsck_mode(struct parser *p, const char *value)
{
	if (streq0(value, "auto"))
		p->mode = "auto";
	else if (streq0(value, "force"))
		p->mode = "force";
	else if (streq0(value, "skip"))
		p->mode = "no";
	else
		return -EINVAL;
	return 0;
}

static int call_fsck_repair(struct parser *p, const char *value)
{
	if (streq0(value, "preen"))
		p->repair = "";
	else if (streq0(value, "yes"))
		p->repair = ",yes";
	else if (streq0(value, "no"))
		p->repair = ",no";
	else
		return -EINVAL;
	return 0;
}

static int call_fastboot(struct parser *p, const char *value)
{
	p->mode = "no";
	return 0;
}

static int call_forcefsck(struct parser *p, const char *value)
{
	p->mode = "force";
	return 0;
}

static int call_fsckfix(struct parser *p, const char *value)
{
	p->repair = ",yes";
	return 0;
}

static int call_debug(struct parser *p, const char *value)
{
	p->ret->debug = true; /* debug=anything too: initramfs-tools(7) */
	return 0;
}

static int call_rootwait(struct parser *p, const char *value)
{
	uint64_t seconds;

	if (value && (parse_u64(value, &seconds) < 0 || seconds > G_MAXINT32))
		return -EINVAL;
	p->ret->rootwait = true;
	return 0;
}

/* A malformed value closes the shell too: that is what the word is there for. */
static int call_panic(struct parser *p, const char *value)
{
	int64_t seconds = 0;
	bool bad = !value || parse_s64(value, &seconds) < 0 || seconds < G_MININT32 ||
		   seconds > G_MAXINT32;

	p->ret->has_panic = true;
	p->ret->panic = bad ? 0 : seconds;
	if (bad)
		config_complain(p->out, CONFIG_CMDLINE_VALUE, 3, WHERE,
				"\"panic%s%s\" needs a number of seconds; the shell stays closed, as with panic=0",
				value ? "=" : "", value ?: "");
	return 0;
}

static int call_break(struct parser *p, const char *value)
{
	static const char *const points[] = { "top",   "modules",	"premount",
					      "mount", "mountroot",	"bottom",
					      "init",  "pre-multipath", "post-multipath",
					      NULL };
	g_auto(GStrv) list = g_strsplit(str_empty(value) ? "premount" : value, ",", -1);

	str_set(&p->ret->brk, str_empty(value) ? "premount" : value);
	for (char **point = list; *point; point++)
		if (!config_word_in(points, *point))
			config_complain(p->out, CONFIG_CMDLINE_UNKNOWN, 4, WHERE,
					"\"break=%s\": there is no break point \"%s\"", value,
					*point);
	return 0;
}

static int call_luks(struct parser *p, const char *value)
{
	bool on;

	if (!value || config_bool(value, &on) < 0)
		return -EINVAL;
	p->no_volumes = !on;
	return 0;
}

static int call_luks_crypttab(struct parser *p, const char *value)
{
	bool on;

	if (!value || config_bool(value, &on) < 0)
		return -EINVAL;
	p->ret->no_crypttab = !on;
	return 0;
}

static void volume_want(struct parser *p, const char *uuid, const char *name)
{
	struct volume *v = volume_get(p, uuid);

	v->wanted = true;
	if (v->name && !name)
		return;
	v->unnamed = !name;
	g_free(v->name);
	v->name = name ? g_strdup(name) : g_strconcat("luks-", uuid, NULL);
}

static int call_luks_uuid(struct parser *p, const char *value)
{
	g_autofree char *uuid = NULL;

	if (!value)
		return -EINVAL;
	if (config_uuid(g_str_has_prefix(value, "luks-") ? value + 5 : value, &uuid) < 0)
		return -EINVAL;
	volume_want(p, uuid, NULL);
	return 0;
}

/*
 * "<uuid>=REST" → uuid and rest; uuid NULL: all of it is the rest.  "UUID=<uuid>=REST" is what one writes
 * who has read a manual with UUID in it.
 */
static const char *uuid_split(const char *value, char **uuid)
{
	g_autofree char *left = NULL;
	const char *eq;

	if (g_ascii_strncasecmp(value, "UUID=", 5) == 0)
		value += 5;
	eq = strchr(value, '=');
	if (eq)
		left = g_strndup(value, (gsize)(eq - value));
	return left && config_uuid(left, uuid) == 0 ? eq + 1 : value;
}

static int call_luks_name(struct parser *p, const char *value)
{
	g_autofree char *uuid = NULL;
	const char *name = value ? uuid_split(value, &uuid) : NULL;

	if (!uuid || !*name)
		return -EINVAL;
	volume_want(p, uuid, name);
	return 0;
}

static int call_luks_key(struct parser *p, const char *value)
{
	g_autofree char *uuid = NULL;
	const char *key = value ? uuid_split(value, &uuid) : NULL;

	if (!key || *key != '/')
		return -EINVAL;
	str_set(uuid ? &volume_get(p, uuid)->key : &p->key, key);
	return 0;
}

static int call_luks_options(struct parser *p, const char *value)
{
	g_autofree char *uuid = NULL;
	const char *options = value ? uuid_split(value, &uuid) : NULL;

	if (str_empty(options))
		return -EINVAL;
	str_set(uuid ? &volume_get(p, uuid)->options : &p->options, options);
	return 0;
}

/* It stands in for crypttab; empty, there is none for this boot. */
static int call_cryptopts(struct parser *p, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value ? value : "", ",", -1);
	g_autoptr(GPtrArray) rest = g_ptr_array_new();
	struct volume *v;

	p->ret->no_crypttab = true;
	if (str_empty(value))
		return 0;
	v = volume_new(p, NULL);
	for (char **w = words; *w; w++) {
		const char *of = strchr(*w, '=');
		char **to = g_str_has_prefix(*w, "target=") ? &v->name :
			    g_str_has_prefix(*w, "source=") ? &v->spec :
			    g_str_has_prefix(*w, "key=")    ? &v->key :
							      NULL;

		if (!to) {
			g_ptr_array_add(rest, *w);
			continue;
		}
		g_free(*to);
		*to = config_unescape(of + 1, true);
	}
	g_ptr_array_add(rest, NULL);
	v->options = g_strjoinv(",", (char **)rest->pdata);
	v->wanted = v->spec;
	if (!v->name)
		v->name = g_strdup("cryptroot");
	return v->spec ? 0 : -EINVAL;
}

/* Parts between colons; "\\:" is a colon of a part. */
static char **colon_split(const char *text)
{
	GPtrArray *parts = g_ptr_array_new();
	GString *part = g_string_new(NULL);

	for (; *text; text++) {
		if (*text == '\\' && text[1] == ':') {
			g_string_append_c(part, *++text);
		} else if (*text == ':') {
			g_ptr_array_add(parts, g_string_free(part, FALSE));
			part = g_string_new(NULL);
		} else {
			g_string_append_c(part, *text);
		}
	}
	g_ptr_array_add(parts, g_string_free(part, FALSE));
	g_ptr_array_add(parts, NULL);
	return (char **)g_ptr_array_free(parts, FALSE);
}

/* /dev/md/HOST:NAME, whose colon nobody escapes: a name stands where options would. */
static bool array_with_host(const char *device, const char *third, guint n)
{
	static const char *const options[] = { "allow-discards", "discard", "no-read-workqueue",
					       "no-write-workqueue", "perf-no_read_workqueue",
					       "perf-no_write_workqueue", "same-cpu-crypt", "sector-size",
					       "submit-from-crypt-cpus", NULL };

	if (!g_str_has_prefix(device, "/dev/md/"))
		return false;
	return n > 3 || (*third && !strpbrk(third, ",=") && !config_word_in(options, third));
}

static int call_cryptdevice(struct parser *p, const char *value)
{
	g_auto(GStrv) parts = colon_split(value ? value : "");
	guint n = g_strv_length(parts), name = 1;
	struct volume *v;

	if (n > 3 && !*parts[n - 1]) /* a colon too many at the end */
		n--;
	if (n > 2 && array_with_host(parts[0], parts[2], n))
		name = 2;
	if (n <= name || n > name + 2 || !*parts[0] || !*parts[name])
		return -EINVAL;
	v = volume_new(p, NULL);
	v->wanted = true;
	v->spec = name == 2 ? g_strconcat(parts[0], ":", parts[1], NULL) : g_strdup(parts[0]);
	v->name = g_strdup(parts[name]);
	v->options = g_strdup(parts[name + 1]); /* NULL: the end of the list */
	return 0;
}

/*
 * resume= as the kernel has it, or with the prefixes of programs that once had one of their own: "swap:"
 * says no more; "file:" means a file in a form that the kernel does not read.  What no device can match
 * is not waited for.
 */
static int call_resume(struct parser *p, const char *value)
{
	g_autofree char *spec = NULL;

	if (str_empty(value))
		return -EINVAL;
	if (g_str_has_prefix(value, "file:")) {
		config_complain(p->out, CONFIG_CMDLINE_NOT_DONE, 3, WHERE,
				"\"resume=%s\" is not supported and is ignored: a swap file is given by resume= with "
				"the device of its file system, and resume_offset=", value);
		return 0;
	}
	if (g_str_has_prefix(value, "swap:"))
		value += strlen("swap:");
	if (config_spec(value, true, &spec) == 0)
		str_set(&p->ret->resume, spec);
	else
		config_complain(p->out, CONFIG_CMDLINE_SPEC, 4, WHERE,
				"\"resume=%s\" is neither a path, UUID=, LABEL=, PARTUUID=, PARTLABEL= nor a device "
				"number: it is ignored", value);
	return 0;
}

static int call_cryptkey(struct parser *p, const char *value)
{
	config_complain(p->out, CONFIG_CMDLINE_NOT_DONE, 3, WHERE,
			"\"cryptkey=%s\" is not supported; a passphrase is asked for instead, give the key file "
			"in crypttab or as rd.luks.key=", value ? value : "");
	return 0;
}

static int call_luks_data(struct parser *p, const char *value)
{
	config_complain(p->out, CONFIG_CMDLINE_NOT_DONE, 3, WHERE,
			"\"rd.luks.data=%s\" is not supported; name the device and header= in crypttab",
			value ? value : "");
	return 0;
}

static struct input *array_get(struct config *out, const char *uuid)
{
	struct input *in;

	for (unsigned i = 0; i < out->inputs->len; i++) {
		in = g_ptr_array_index(out->inputs, i);
		if (in->type_id == INPUT_ARRAY && streq0(in->where, WHERE) &&
		    uuid_equal(in->uuid, uuid))
			return in;
	}
	in = config_add(out, INPUT_ARRAY);
	in->uuid = g_strdup(uuid);
	in->where = g_strdup(WHERE);
	return in;
}

/* md and btrfs count in hexadecimal, LVM in letters: 32 of them in all. */
static bool is_identity(const char *text)
{
	g_autofree char *squashed = uuid_squash(text);

	for (const char *c = squashed; *c; c++)
		if (!g_ascii_isalnum(*c))
			return false;
	return strlen(squashed) == 32;
}

static int call_degraded(struct parser *p, const char *value)
{
	const char *colon = value ? strrchr(value, ':') : NULL;
	g_autofree char *array = colon ? g_strndup(value, (gsize)(colon - value)) : NULL;
	g_autofree char *uuid = NULL;
	uint64_t grace;

	if (!value || config_grace(colon ? colon + 1 : value, &grace) < 0)
		return -EINVAL;
	if (!array) {
		str_set(&p->degraded, value);
		return 0;
	}
	if (!is_identity(array))
		return -EINVAL;
	array_get(p->out, config_uuid(array, &uuid) == 0 ? uuid : array)->grace = grace;
	return 0;
}

#define FIELD(name, kind, field) { name, kind, offsetof(struct cmdline, field) }
#define CALL(name, fn, text) { name, WORD_CALL, .call = fn, .wanted = text }
#define LUKS(name, fn, text) CALL("luks" name, fn, text), CALL("rd.luks" name, fn, text)

static const struct word words[] = {
	FIELD("root", WORD_SPEC, root),
	FIELD("rootfstype", WORD_STRING, rootfstype),
	FIELD("rootflags", WORD_STRING, rootflags),
	{ "rootdelay", WORD_NUMBER, offsetof(struct cmdline, rootdelay), G_MAXINT32 },
	CALL("rootwait", call_rootwait, "a number of seconds, or nothing"),
	FIELD("ro", WORD_FALSE, rw),
	FIELD("rw", WORD_TRUE, rw),
	FIELD("init", WORD_PATH, init),
	FIELD("quiet", WORD_TRUE, quiet),
	CALL("debug", call_debug, NULL),
	CALL("break", call_break, NULL),
	CALL("panic", call_panic, NULL),
	CALL("resume", call_resume, "a device"),
	{ "resume_offset", WORD_NUMBER, offsetof(struct cmdline, resume_offset), G_MAXINT64 },
	FIELD("noresume", WORD_TRUE, noresume),
	FIELD("mount.usr", WORD_SPEC, usr),
	FIELD("mount.usrfstype", WORD_STRING, usrfstype),
	FIELD("mount.usrflags", WORD_STRING, usrflags),
	CALL("fsck.mode", call_fsck_mode, "auto, force or skip"),
	CALL("fsck.repair", call_fsck_repair, "preen, yes or no"),
	CALL("fastboot", call_fastboot, NULL),
	CALL("forcefsck", call_forcefsck, NULL),
	CALL("force-fsck", call_forcefsck, NULL),
	CALL("fsckfix", call_fsckfix, NULL),
	LUKS("", call_luks, "yes or no"),
	LUKS(".crypttab", call_luks_crypttab, "yes or no"),
	LUKS(".uuid", call_luks_uuid, "a whole UUID"),
	LUKS(".name", call_luks_name, "UUID=NAME"),
	LUKS(".key", call_luks_key, "[UUID=]PATH"),
	LUKS(".options", call_luks_options, "[UUID=]OPTIONS"),
	LUKS(".data", call_luks_data, NULL),
	CALL("cryptopts", call_cryptopts, "source=, at least"),
	CALL("cryptdevice", call_cryptdevice, "DEVICE:NAME[:OPTIONS]"),
	CALL("cryptkey", call_cryptkey, NULL),
	CALL("storage_activate.degraded", call_degraded, "[UUID:]SECONDS or [UUID:]never"),
};

static void bad_value(struct parser *p, const char *text, const char *wanted)
{
	config_complain(p->out, CONFIG_CMDLINE_VALUE, 3, WHERE, "\"%s\" needs %s; it is ignored",
			text, wanted);
}

static void word_spec(struct parser *p, const char *text, const char *value, char **to)
{
	g_autofree char *spec = NULL;

	if (config_spec(value, true, &spec) == 0) {
		str_set(to, spec);
		return;
	}
	config_complain(p->out, CONFIG_CMDLINE_SPEC, 4, WHERE,
			"\"%s\" is neither a path, UUID=, LABEL=, PARTUUID=, PARTLABEL= nor a device "
			"number: no device will match it", text);
	str_set(to, value);
}

static void word_apply(struct parser *p, const struct word *w, const char *text, const char *value)
{
	void *field = (char *)p->ret + w->offset;
	g_autofree char *range = NULL;
	uint64_t n;

	switch (w->kind) {
	case WORD_STRING:
		if (str_empty(value))
			bad_value(p, text, "a value");
		else
			str_set(field, value);
		break;
	case WORD_PATH:
		if (!value || *value != '/')
			bad_value(p, text, "an absolute path");
		else
			str_set(field, value);
		break;
	case WORD_SPEC:
		if (str_empty(value))
			bad_value(p, text, "a device");
		else
			word_spec(p, text, value, field);
		break;
	case WORD_NUMBER:
		range = g_strdup_printf("a number from 0 to %" PRIu64, w->max);
		if (!value || parse_u64(value, &n) < 0 || n > w->max)
			bad_value(p, text, range);
		else
			*(uint64_t *)field = n;
		break;
	case WORD_TRUE:
	case WORD_FALSE:
		if (!value)
			*(bool *)field = w->kind == WORD_TRUE;
		break;
	case WORD_CALL:
		if (w->call(p, value) < 0)
			bad_value(p, text, w->wanted);
		break;
	}
}

/* The kernel makes no difference between '-' and '_' in names. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

/*
 * Words that count although nobody vouches for the command line: they choose neither what is opened and
 * mounted, nor how, nor what runs.  root= and resume= are compared with what the image says.
 */
static const char *const locked_words[] = {
	"root",	     "resume",	  "noresume",	 "ro",	     "rw",	  "quiet",	"debug",   "panic",
	"rootdelay", "rootwait",  "fsck.mode",	 "fsck.repair", "fastboot", "forcefsck", "force-fsck", "fsckfix",
	NULL,
};

static void word_parse(struct parser *p, const char *name, const char *value)
{
	g_autofree char *text = value ? g_strconcat(name, "=", value, NULL) : g_strdup(name);

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!same_name(name, words[i].name))
			continue;
		if (p->locked && !config_word_in(locked_words, words[i].name))
			config_complain(p->out, CONFIG_CMDLINE_LOCKED, 4, WHERE,
					"\"%s\" is ignored: this image is locked", text);
		else
			word_apply(p, &words[i], text, value);
		return;
	}
	if (g_str_has_prefix(name, "storage_activate.") ||
	    g_str_has_prefix(name, "storage-activate."))
		config_complain(p->out, CONFIG_CMDLINE_UNKNOWN, 4, WHERE,
				"\"%s\" is unknown and is ignored", text);
}

/*
 * As the kernel's next_arg(): blanks within double quotes do not end a word, there is no escape,
 * and quotes are taken off only around the whole word or the whole value.
 */
static char *word_take(const char **text)
{
	const char *start = *text, *end;
	bool quoted = false;
	g_autofree char *word = NULL;
	char *eq;

	for (end = start; *end && (quoted || !g_ascii_isspace(*end)); end++)
		quoted ^= *end == '"';
	*text = end;
	word = g_strndup(start, (gsize)(end - start));
	if (*word == '"') {
		memmove(word, word + 1, strlen(word));
		if (g_str_has_suffix(word, "\""))
			word[strlen(word) - 1] = '\0';
	}
	eq = strchr(word, '=');
	if (eq && eq[1] == '"') {
		memmove(eq + 1, eq + 2, strlen(eq + 1));
		if (g_str_has_suffix(eq + 1, "\""))
			word[strlen(word) - 1] = '\0';
	}
	return g_steal_pointer(&word);
}

static void volume_emit(struct parser *p, const struct volume *v)
{
	g_autofree char *spec = v->uuid ? g_strconcat("UUID=", v->uuid, NULL) : g_strdup(v->spec);
	struct volume_text t = { WHERE, v->name, spec, v->key, v->options };
	struct input *in;

	if (!v->wanted) {
		if (v->uuid)
			config_complain(
				p->out, CONFIG_CMDLINE_VOLUME, 4, WHERE,
				"a key or options are given for the volume %s, which no rd.luks.uuid= or "
				"rd.luks.name= names; they are ignored",
				v->uuid);
		return;
	}
	if (v->uuid && !t.key)
		t.key = p->key;
	if (v->uuid && !t.options)
		t.options = p->options;
	in = volume_add(&t, p->out);
	if (in)
		in->flag = v->unnamed;
}

static void finish(struct parser *p)
{
	struct input *in;

	if (p->mode || p->repair)
		p->ret->fsck = g_strconcat(p->mode ? p->mode : "auto", p->repair, NULL);
	if (p->degraded) {
		in = config_add(p->out, INPUT_POLICY);
		in->key = g_strdup("degraded");
		in->value = g_strdup(p->degraded);
		in->where = g_strdup(WHERE);
	}
	p->ret->no_crypttab |= p->no_volumes;
	for (unsigned i = 0; i < p->volumes->len && !p->no_volumes; i++)
		volume_emit(p, g_ptr_array_index(p->volumes, i));
}

void cmdline_parse(const char *text, bool locked, struct cmdline *ret, struct config *out)
{
	g_autoptr(GPtrArray) volumes = g_ptr_array_new_with_free_func(volume_free);
	struct parser p = { .ret = ret, .out = out, .volumes = volumes, .locked = locked };

	memset(ret, 0, sizeof *ret);
	for (;;) {
		g_autofree char *word = NULL;
		char *eq;

		while (g_ascii_isspace(*text))
			text++;
		if (!*text)
			break;
		word = word_take(&text);
		if (g_str_equal(word, "--")) /* the rest is for init */
			break;
		eq = strchr(word, '=');
		if (eq)
			*eq = '\0';
		word_parse(&p, word, eq ? eq + 1 : NULL);
	}
	finish(&p);
	g_free(p.degraded);
	g_free(p.key);
	g_free(p.options);
}

void cmdline_clear(struct cmdline *c)
{
	g_free(c->root);
	g_free(c->rootfstype);
	g_free(c->rootflags);
	g_free(c->init);
	g_free(c->resume);
	g_free(c->fsck);
	g_free(c->usr);
	g_free(c->usrfstype);
	g_free(c->usrflags);
	g_free(c->brk);
	memset(c, 0, sizeof *c);
}
