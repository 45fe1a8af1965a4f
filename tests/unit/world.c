/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What disks hold and what effects do to them. */
#include "world.h"
#include "handover/state.h"

int error_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {
		{ "EPERM", EPERM },	    { "ENOENT", ENOENT },	{ "EIO", EIO },
		{ "ENXIO", ENXIO },	    { "EACCES", EACCES },	{ "EBUSY", EBUSY },
		{ "EINVAL", EINVAL },	    { "EUCLEAN", EUCLEAN },	{ "EBADMSG", EBADMSG },
		{ "ESTALE", ESTALE },	    { "ECANCELED", ECANCELED }, { "ENOMEM", ENOMEM },
		{ "ENOMEDIUM", ENOMEDIUM },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(errors); i++)
		if (streq0(errors[i].name, name))
			return errors[i].number;
	g_error("script: no error %s", name);
}

bool size_parse(const char *text, uint64_t *ret)
{
	size_t n = strspn(text, "0123456789");
	uint64_t value, unit = text[n] == 'K'	? 1 << 10
			       : text[n] == 'M' ? 1 << 20
			       : text[n] == 'G' ? 1 << 30
						: 1;
	g_autofree char *digits = g_strndup(text, n);

	if (!n || parse_u64(digits, &value) < 0 || (text[n] && text[n + 1]))
		return false;
	*ret = value * unit;
	return true;
}

/* ---- devices ---- */

struct disk *disk_find(const struct world *w, const char *node)
{
	for (guint i = w->disks->len; i-- > 0;) {
		struct disk *d = w->disks->pdata[i];

		if (d->present && streq0(d->in.node, node))
			return d;
	}
	return NULL;
}

struct disk *disk_by_devnum(const struct world *w, dev_t devnum)
{
	for (guint i = w->disks->len; i-- > 0;) {
		struct disk *d = w->disks->pdata[i];

		if (d->in.devnum == devnum)
			return d;
	}
	return NULL;
}

void disk_free(gpointer ptr)
{
	struct disk *d = ptr;

	input_clear(&d->in);
	g_free(d->content);
	g_free(d);
}

/* sda is 8:0 and sda1 8:1, whatever came first; other names are numbered as they come. */
static dev_t number_of(struct world *w, const char *node)
{
	unsigned n;

	if (g_str_has_prefix(node, "md"))
		return makedev(9, (unsigned)atoi(node + 2));
	if (g_str_has_prefix(node, "dm-"))
		return makedev(254, (unsigned)atoi(node + 3));
	if (!g_str_has_prefix(node, "sd") || !g_ascii_islower(node[2]) || g_ascii_islower(node[3]))
		return makedev(260, w->next_minor++);
	n = (unsigned)(node[2] - 'a') * 16;
	return makedev(8, n + (node[3] ? (unsigned)atoi(node + 3) : 0));
}

struct disk *disk_new(struct world *w, const char *node)
{
	struct disk *d = g_new0(struct disk, 1);

	d->in.type_id = INPUT_DEVICE;
	d->in.node = g_strdup(node);
	d->in.devnum = number_of(w, node);
	d->in.diskseq = ++w->next_diskseq;
	d->in.size = 100 << 20;
	d->present = true;
	if (g_str_has_prefix(node, "sd") && g_ascii_islower(node[2]) && g_ascii_isdigit(node[3])) {
		g_autofree char *disk = g_strndup(node, 3);
		const struct disk *parent = disk_find(w, disk);

		d->in.partn = (uint64_t)atoi(node + 3);
		d->in.parent = number_of(w, disk);
		if (parent)
			d->in.diskseq = parent->in.diskseq;
	}
	g_ptr_array_add(w->disks, d);
	return d;
}

void disk_tell(struct world *w, struct disk *d)
{
	world_step(w, &d->in);
}

void disk_gone(struct world *w, struct disk *d)
{
	struct input in = { .type_id = INPUT_GONE, .devnum = d->in.devnum, .diskseq = d->in.diskseq };

	d->present = false;
	world_step(w, &in);
}

/* ---- contents ---- */

static char *lvm_uuid(const char *of)
{
	static const size_t groups[] = { 6, 4, 4, 4, 4, 4, 6 };
	GString *s = g_string_new(NULL);
	g_autoptr(GString) flat = g_string_new(NULL);
	size_t at = 0;

	for (; *of; of++)
		if (g_ascii_isalnum(*of))
			g_string_append_c(flat, *of);
	while (flat->len < 32)
		g_string_append_c(flat, 'x');
	for (size_t i = 0; i < G_N_ELEMENTS(groups); at += groups[i++]) {
		if (i)
			g_string_append_c(s, '-');
		g_string_append_len(s, flat->str + at, (gssize)groups[i]);
	}
	return g_string_free(s, FALSE);
}

static const char *arg(char **args, const char *key)
{
	size_t n = strlen(key);

	for (; *args; args++)
		if (!strncmp(*args, key, n) && (*args)[n] == '=')
			return *args + n + 1;
	return NULL;
}

static bool flag(char **args, const char *name)
{
	return g_strv_contains((const char *const *)args, name);
}

static bool listed(const char *list, const char *word)
{
	g_auto(GStrv) words = g_strsplit(list ?: "", ",", -1);

	return flag(words, word);
}

static void lv_text(GString *s, const char *vg, const char *lv, char **args)
{
	g_auto(GStrv) parts = g_strsplit(lv, ":", 2);
	g_auto(GStrv) pvs = g_strsplit(parts[1], "+", -1);
	g_autofree char *name = g_strconcat(vg, parts[0], NULL), *id = lvm_uuid(name);

	g_string_append_printf(
		s,
		"%s {\nid = \"%s\"\nstatus = [\"READ\", \"WRITE\"%s]\nflags = [%s]\nsegment_count = "
		"%u\n",
		parts[0], id, listed(arg(args, "hidden"), parts[0]) ? "" : ", \"VISIBLE\"",
		listed(arg(args, "skip"), parts[0]) ? "\"ACTIVATION_SKIP\"" :
		listed(arg(args, "noauto"), parts[0]) ? "\"NOAUTOACTIVATE\"" : "", g_strv_length(pvs));
	for (guint i = 0; pvs[i]; i++)
		g_string_append_printf(
			s,
			"segment%u {\nstart_extent = %u\nextent_count = 4\ntype = \"%s\"\n"
			"stripe_count = 1\nstripes = [\"%s\", 0]\n}\n",
			i + 1, 4 * i, arg(args, "type") ?: "striped", pvs[i]);
	g_string_append(s, "}\n");
}

/* "SNAPSHOT:ORIGIN": both are LVs of the list. */
static void snapshot_text(GString *s, const char *vg, const char *snapshot, unsigned n)
{
	g_auto(GStrv) parts = g_strsplit(snapshot, ":", 2);
	g_autofree char *name = g_strdup_printf("%ssnapshot%u", vg, n), *id = lvm_uuid(name);

	g_string_append_printf(s,
			       "snapshot%u {\nid = \"%s\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\n"
			       "flags = []\nsegment_count = 1\nsegment1 {\nstart_extent = 0\nextent_count = 4\n"
			       "type = \"snapshot\"\nchunk_size = 8\norigin = \"%s\"\ncow_store = \"%s\"\n}\n}\n",
			       n, id, parts[1], parts[0]);
}

char *vg_text(const char *name, char **args)
{
	g_auto(GStrv) pvs = g_strsplit(arg(args, "pvs") ?: "", ",", -1);
	g_auto(GStrv) lvs = g_strsplit(arg(args, "lvs") ?: "", ",", -1);
	g_auto(GStrv) snapshots = g_strsplit(arg(args, "snap") ?: "", ",", -1);
	g_autofree char *system = arg(args, "system") ? g_strdup_printf("system_id = \"%s\"\n", arg(args, "system")) : NULL;
	g_autofree char *locks = arg(args, "locks") ? g_strdup_printf("lock_type = \"%s\"\n", arg(args, "locks")) : NULL;
	g_autofree char *id = lvm_uuid(name);
	GString *s = g_string_new(NULL);

	g_string_append_printf(
		s,
		"contents = \"Text Format Volume Group\"\nversion = 1\n"
		"%s {\nid = \"%s\"\nseqno = %s\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\", \"READ\", "
		"\"WRITE\"%s%s]\n%s%s"
		"flags = [%s]\nextent_size = 8192\nmax_lv = 0\nmax_pv = 0\nphysical_volumes {\n",
		arg(args, "as") ?: name, id, arg(args, "seqno") ?: "1", flag(args, "exported") ? ", \"EXPORTED\"" : "",
		flag(args, "clustered") ? ", \"CLUSTERED\"" : "", system ?: "", locks ?: "",
		flag(args, "noauto") ? "\"NOAUTOACTIVATE\"" : "");
	for (guint i = 0; pvs[i]; i++) {
		g_autofree char *both = g_strconcat(name, pvs[i], NULL), *pv = lvm_uuid(both);

		g_string_append_printf(s,
				       "%s {\nid = \"%s\"\ndevice = \"/dev/old-%s\"\nstatus = "
				       "[\"ALLOCATABLE\"]\nflags = [%s]\n"
				       "dev_size = 204800\npe_start = 2048\npe_count = 24\n}\n",
				       pvs[i], pv, pvs[i],
				       listed(arg(args, "missing"), pvs[i]) ? "\"MISSING\"" : "");
	}
	g_string_append(s, "}\nlogical_volumes {\n");
	for (guint i = 0; lvs[i]; i++)
		lv_text(s, name, lvs[i], args);
	for (guint i = 0; snapshots[i]; i++)
		snapshot_text(s, name, snapshots[i], i);
	g_string_append(s, "}\n}\n");
	return g_string_free(s, FALSE);
}

static void pv_probe(struct world *w, const char *what, char **args, struct input *res, bool bare)
{
	g_auto(GStrv) parts = g_strsplit(what, "/", 2);
	g_autofree char *both = g_strconcat(parts[0], parts[1], NULL);
	g_autofree char *which = arg(args, "seq") ? g_strconcat(parts[0], "@", arg(args, "seq"), NULL)
						  : g_strdup(parts[0]);

	res->type = g_strdup("LVM2_member");
	res->uuid = lvm_uuid(both);
	if (!bare)
		res->lvm_metadata = g_strdup(g_hash_table_lookup(w->vgs, which));
}

static void md_probe(const struct disk *d, const char *array, char **args, struct input *res)
{
	g_auto(GStrv) place = g_strsplit(args[1], "/", 2);
	uint64_t size = d->in.size / 512 - MIN(d->in.size / 512, 2048);
	GString *roles = g_string_new(NULL);

	res->type = g_strdup("linux_raid_member");
	res->version = g_strdup("1.2");
	res->uuid = g_strdup(array);
	res->uuid_sub = g_strdup_printf("%s.%s", array, place[0]);
	res->md_name = g_strdup_printf("host:%s", array);
	res->md_level = 1;
	res->md_role = atoi(place[0]);
	res->md_number = (uint64_t)MAX(res->md_role, 0);
	res->md_disks = (uint64_t)atoi(place[1]);
	res->md_events = 10;
	res->md_size = size;
	res->md_layout = 0x102;
	res->md_flags = g_strdup("clean");
	for (uint64_t i = 0; i < res->md_disks; i++)
		g_string_append_printf(roles, "%s%" PRIu64, i ? " " : "", i);
	res->md_roles = g_string_free(roles, FALSE);
}

/* Fields are read from text only, so it goes through the text. */
static void set_field(struct input *res, const char *key, const char *value)
{
	g_autofree char *pattern = g_strdup_printf(" %s=(\"[^\"]*\"|[^ ]*)", key), *rest = NULL,
			*full = NULL;
	g_autoptr(GRegex) re = g_regex_new(pattern, 0, 0, NULL);
	g_autoptr(GString) s = g_string_new(NULL);

	res->type_id = INPUT_RESULT;
	input_encode(res, s);
	rest = g_regex_replace_literal(re, s->str, -1, 0, "", 0, NULL);
	full = g_strdup_printf("%s %s=\"%s\"", rest, key, value);
	input_clear(res);
	if (input_decode(full, res) < 0)
		g_error("script: %s=%s", key, value);
}

/* KEY=VALUE pairs override what the kind of content stands for; "," is a blank in values. */
static void override(char **args, struct input *res)
{
	for (; *args; args++) {
		g_auto(GStrv) pair = g_strsplit(*args, "=", 2);

		if (!pair[0] || !pair[1] || streq0(pair[0], "seq"))
			continue;
		set_field(res, pair[0], g_strdelimit(pair[1], ",", ' '));
	}
}

static void kind_probe(struct world *w, const struct disk *d, char **args, struct input *res,
		       bool *hang)
{
	g_auto(GStrv) words = g_strsplit(args[0] ?: "blank", ":", 3);
	const char *kind = words[0], *what = words[1];

	if (streq0(kind, "md") && args[1]) {
		md_probe(d, what, args, res);
	} else if (streq0(kind, "pv") || streq0(kind, "bare")) {
		pv_probe(w, what, args, res, kind[0] == 'b');
	} else if (streq0(kind, "luks")) {
		res->type = g_strdup("crypto_LUKS");
		res->version = g_strdup("2");
		res->uuid = g_strdup(what);
		res->data_offset = 1 << 20;
	} else if (streq0(kind, "error")) {
		res->error = -error_number(what);
		res->text = g_strdup(words[2]);
	} else if (streq0(kind, "hang")) {
		*hang = true;
	} else if (!streq0(kind, "blank")) {
		res->type = g_strdup(kind);
		res->uuid = g_strdup(what);
		res->label = what ? g_strdup(words[2]) : NULL;
	}
}

void content_probe(struct world *w, const struct disk *d, struct input *res, bool *hang)
{
	g_auto(GStrv) args = g_strsplit(d->content ?: "blank", " ", -1);

	*hang = false;
	kind_probe(w, d, args, res, hang);
	override(args, res);
	res->devnum = d->in.devnum;
	res->diskseq = d->in.diskseq;
	str_set(&res->node, d->in.node);
}

/* ---- effects ---- */

static struct disk *output_new(struct world *w, const char *node, const char *key, uint64_t size)
{
	struct disk *d = disk_find(w, node) ?: disk_new(w, node);

	d->in.size = size;
	str_set(&d->content, g_hash_table_lookup(w->insides, key));
	return d;
}

/* udevd tells of a device when it is made, and again when something is in it: after the result, perhaps. */
static void output_tell(struct world *w, struct disk *d)
{
	uint64_t size = d->in.size;

	if (w->empty_first) {
		d->in.size = 0;
		disk_tell(w, d);
		d->in.size = size;
		g_queue_push_tail(&w->filled, d);
	} else {
		disk_tell(w, d);
	}
}

static void perform_md(struct world *w, const struct action *a, struct input *res)
{
	g_auto(GStrv) lines = g_strsplit(a->members, "\n", -1);
	bool numbered = g_ascii_isdigit(*a->name);
	g_autofree char *node = numbered ? g_strconcat("md", a->name, NULL) :
					   g_strdup_printf("md%u", w->next_md--);
	g_autofree char *key = g_strconcat("md:", a->uuid, NULL);
	GString *slaves = g_string_new(NULL);
	uint64_t least = UINT64_MAX;
	struct disk *md;

	for (char **l = lines; *l; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", 3);
		const struct disk *d;
		dev_t devnum;

		g_assert_cmpint(devnum_parse(words[0], &devnum), ==, 0);
		d = disk_by_devnum(w, devnum);
		g_assert_true(d && d->present);
		least = MIN(least, d->in.size);
		g_string_append_printf(slaves, "%s%s", slaves->len ? " " : "", words[0]);
	}
	md = output_new(w, node, key, least - (1 << 20));
	md->in.md_state = g_strdup("active");
	md->in.slaves = g_string_free(slaves, FALSE);
	output_tell(w, md);
	res->devnum = md->in.devnum;
	res->node = g_strdup(node);
}

static void perform_luks(struct world *w, const struct action *a, struct input *res)
{
	const char *what = a->uuid ?: a->header;
	g_autofree char *try = a->keyfile ? g_strdup_printf("%s file", what)
					  : g_strdup_printf("%s %" PRIu64, what, a->secret);
	g_autofree char *key = g_strconcat("luks:", what, NULL), *node = NULL;
	const struct disk *lower = disk_by_devnum(w, a->devnum);
	struct disk *dm;

	g_assert_nonnull(lower);
	if (!a->keyfile && !a->secret) {
		res->error = -ENOKEY;
		return;
	}
	if (!g_hash_table_contains(w->keys, try)) {
		res->error = -EPERM;
		return;
	}
	node = g_strdup_printf("dm-%u", w->next_dm++);
	dm = output_new(w, node, key, lower->in.size - (1 << 20));
	dm->in.dm_name = g_strdup(a->name);
	dm->in.dm_uuid = g_strdup_printf("CRYPT-LUKS2-%s-%s", what, a->name);
	dm->in.slaves = g_strdup_printf("%u:%u", major(a->devnum), minor(a->devnum));
	output_tell(w, dm);
	res->devnum = dm->in.devnum;
	res->node = g_strdup(node);
}

static const struct disk *disk_called(const struct world *w, const char *dm_name)
{
	for (guint i = w->disks->len; i-- > 0;) {
		const struct disk *d = w->disks->pdata[i];

		if (d->present && streq0(d->in.dm_name, dm_name))
			return d;
	}
	return NULL;
}

/* Every number of the form 8:16 in a table is a device below, and so is @NAME. */
static char *table_slaves(const struct world *w, const char *table)
{
	g_auto(GStrv) words = g_strsplit_set(table, " \n", -1);
	GString *s = g_string_new(NULL);
	dev_t devnum;

	for (char **word = words; *word; word++) {
		const struct disk *below = **word == '@' ? disk_called(w, *word + 1) : NULL;

		if (below)
			g_string_append_printf(s, "%s%u:%u", s->len ? " " : "", major(below->in.devnum),
					       minor(below->in.devnum));
		else if (devnum_parse(*word, &devnum) == 0)
			g_string_append_printf(s, "%s%s", s->len ? " " : "", *word);
	}
	return g_string_free(s, FALSE);
}

static void perform_dm_device(struct world *w, char **words, GString *made)
{
	g_autofree char *node = g_strdup_printf("dm-%u", w->next_dm++);
	g_autofree char *key = g_strdelimit(g_strdup(words[0]), "-", '/');
	struct disk *d = output_new(w, node, key, 16 << 20);

	d->in.dm_name = g_strdup(words[0]);
	d->in.dm_uuid = g_strdup(words[1]);
	d->in.slaves = table_slaves(w, words[2]);
	g_string_append_printf(made, "%s%s %u:%u", made->len ? "\n" : "", words[0], major(d->in.devnum),
			       minor(d->in.devnum));
	output_tell(w, d);
}

static void perform_dm(struct world *w, const struct action *a, struct input *res)
{
	g_auto(GStrv) parts = g_strsplit(a->text, "device ", -1);
	GString *made = g_string_new(NULL);

	for (guint i = 1; parts[i]; i++) {
		g_auto(GStrv) words = g_strsplit_set(parts[i], " \n", 3);

		if (disk_called(w, words[0])) /* described with another LV, too */
			continue;
		perform_dm_device(w, words, made);
	}
	res->text = g_string_free(made, FALSE);
}

static void perform_removal(struct world *w, const struct action *a)
{
	struct disk *d = disk_by_devnum(w, a->devnum);

	g_assert_nonnull(d);
	disk_gone(w, d);
}

static void perform(struct world *w, const struct action *a, struct input *res, bool *hang)
{
	struct input in = { .type_id = INPUT_UNMOUNTED, .target = a->target };

	switch ((int)a->type_id) { /* the others just succeed */
	case ACTION_PROBE:
		content_probe(w, disk_by_devnum(w, a->devnum), res, hang);
		break;
	case ACTION_MD_ASSEMBLE:
		perform_md(w, a, res);
		break;
	case ACTION_LUKS_OPEN:
		perform_luks(w, a, res);
		break;
	case ACTION_DM_ACTIVATE:
		perform_dm(w, a, res);
		break;
	case ACTION_MD_STOP:
	case ACTION_DM_REMOVE:
		perform_removal(w, a);
		break;
	case ACTION_MOUNT:
		g_hash_table_insert(w->mounts, g_strdup(a->target),
				    g_memdup2(&a->devnum, sizeof a->devnum));
		break;
	case ACTION_UMOUNT:
		g_hash_table_remove(w->mounts, a->target);
		world_step(w, &in);
		break;
	case ACTION_FSCK:
		res->status = w->fsck_status;
		break;
	}
}

void effect_perform(struct world *w, const struct action *a)
{
	struct input res = { .type_id = INPUT_RESULT };
	struct disk *filled;
	bool hang = false;

	if (w->faults[a->type_id].error &&
	    (!w->faults[a->type_id].names || strstr(a->name, w->faults[a->type_id].names)))
		res.error = -w->faults[a->type_id].error;
	else
		perform(w, a, &res, &hang);
	res.type_id = INPUT_RESULT;
	res.id = a->id;
	res.deep = a->deep;
	if (hang) {
		struct action *copy = g_new0(struct action, 1);

		action_copy(copy, a);
		g_queue_push_tail(&w->held, copy);
	} else {
		world_step(w, &res);
	}
	while ((filled = g_queue_pop_head(&w->filled)))
		disk_tell(w, filled);
	input_clear(&res);
}

/* Our next life: it knows what the state file says, and what it finds. */
void world_restart(struct world *w)
{
	g_autofree char *state = state_text(w->plan);
	g_autoptr(GPtrArray) made = g_ptr_array_new();
	g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(guint));
	GHashTableIter it;
	gpointer target, devnum;

	g_assert_cmpint(state_parse(state, made, bad), ==, 0);
	g_assert_cmpuint(bad->len, ==, 0);
	plan_free(w->plan);
	w->plan = plan_new();
	for (guint i = 0; i < made->len; i++)
		world_step(w, made->pdata[i]);
	g_hash_table_iter_init(&it, w->mounts);
	while (g_hash_table_iter_next(&it, &target, &devnum)) {
		struct input in = { .type_id = INPUT_MOUNTED,
				    .devnum = *(dev_t *)devnum,
				    .target = target };

		world_step(w, &in);
	}
	for (guint i = 0; i < w->disks->len; i++)
		if (((struct disk *)w->disks->pdata[i])->present)
			disk_tell(w, w->disks->pdata[i]);
}
