/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DM_ACTIVATE, DM_REMOVE: device-mapper devices by libdevmapper, each transaction under one udev cookie. */
#include "dm.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LOG_WARN 4 /* libdevmapper's levels are those of syslog, with flags above the low bits */
#define LOG_MASK 7

static GString *messages;

static void log_fn(int level, const char *file, int line, int error, const char *f, ...) _printf_(5, 6);
static void log_fn(int level, const char *file, int line, int error, const char *f, ...)
{
	va_list ap;

	if ((level & LOG_MASK) > LOG_WARN || !messages || messages->len > 2048)
		return;
	if (messages->len)
		g_string_append_c(messages, '\n');
	va_start(ap, f);
	g_string_append_vprintf(messages, f, ap);
	va_end(ap);
}

void dm_log_begin(void)
{
	if (!messages)
		messages = g_string_new(NULL);
	g_string_truncate(messages, 0);
	dm_log_with_errno_init(log_fn); /* libcryptsetup sets its own */
}

/*
 * Names and uuids of actions are the kernel's, in which libdevmapper has written odd bytes as "\\xNN": they
 * are taken as they are.  libcryptsetup gives it those of crypttab, so this is for our own calls only.
 */
static dm_string_mangling_t names_begin(void)
{
	dm_string_mangling_t before = dm_get_name_mangling_mode();

	dm_log_begin();
	dm_set_name_mangling_mode(DM_STRING_MANGLING_NONE);
	return before;
}

static void names_end(dm_string_mangling_t *before)
{
	dm_set_name_mangling_mode(*before);
}

int dm_fail(struct input *res, int error, const char *what, const char *name)
{
	return sys_fail(res, error, "%s %s: %s", what, name,
			messages && messages->len ? messages->str : g_strerror(-error));
}

static void task_freep(struct dm_task **t)
{
	if (*t)
		dm_task_destroy(*t);
}

static int task_error(struct dm_task *t)
{
	int error = dm_task_get_errno(t);

	return error > 0 ? -error : -EIO;
}

int dm_query(const char *name, struct dm_state *ret)
{
	_cleanup_(task_freep) struct dm_task *t = dm_task_create(DM_DEVICE_INFO);
	struct dm_state s = { 0 };
	struct dm_info info;
	const char *uuid;

	if (!t || !dm_task_set_name(t, name) || !dm_task_no_open_count(t))
		return -ENOMEM;
	if (!dm_task_run(t))
		return dm_task_get_errno(t) == ENXIO ? (*ret = s, 0) : task_error(t);
	if (!dm_task_get_info(t, &info))
		return -EIO;
	uuid = dm_task_get_uuid(t);
	s.exists = info.exists;
	s.live = info.live_table;
	s.suspended = info.suspended;
	s.devnum = makedev(info.major, info.minor);
	g_strlcpy(s.uuid, uuid ?: "", sizeof s.uuid);
	*ret = s;
	return 0;
}

static int do_create(struct dm_dev *d)
{
	_cleanup_(task_freep) struct dm_task *t = dm_task_create(DM_DEVICE_CREATE);
	struct dm_info info;

	if (!t || !dm_task_set_name(t, d->name) || (*d->uuid && !dm_task_set_uuid(t, d->uuid)) ||
	    (d->minor >= 0 && !dm_task_set_major_minor(t, 0, d->minor, 1)) ||
	    (d->readonly && !dm_task_set_ro(t)))
		return -ENOMEM;
	if (!dm_task_run(t))
		return task_error(t);
	d->made = true;
	if (!dm_task_get_info(t, &info))
		return -EIO;
	d->devnum = makedev(info.major, info.minor);
	return 0;
}

static int do_load(const GPtrArray *devs, struct dm_dev *d)
{
	_cleanup_(task_freep) struct dm_task *t = dm_task_create(DM_DEVICE_RELOAD);

	if (!t || !dm_task_set_name(t, d->name) || (d->readonly && !dm_task_set_ro(t)))
		return -ENOMEM;
	for (guint i = 0; i < d->lines->len; i++) {
		const struct dm_line *l = g_ptr_array_index(d->lines, i);
		g_autofree char *params = NULL;
		int r = dm_params_resolve(devs, d, l, &params);

		if (r < 0)
			return r;
		if (!dm_task_add_target(t, l->start, l->length, l->target, params))
			return -ENOMEM;
	}
	if (!dm_task_run(t))
		return task_error(t);
	d->loaded = true;
	return 0;
}

static int do_resume(struct dm_dev *d, uint32_t *cookie)
{
	_cleanup_(task_freep) struct dm_task *t = dm_task_create(DM_DEVICE_RESUME);

	if (!t || !dm_task_set_name(t, d->name) || !dm_task_set_read_ahead(t, d->readahead, 0))
		return -ENOMEM;
	/* Without udevd there is no cookie: the library makes the node below /dev/mapper itself. */
	if (cookie && !dm_task_set_cookie(t, cookie, d->flags))
		return -EIO;
	if (!dm_task_run(t))
		return task_error(t);
	d->loaded = false;
	return 0;
}

static int do_remove(const char *name, uint32_t *cookie)
{
	_cleanup_(task_freep) struct dm_task *t = dm_task_create(DM_DEVICE_REMOVE);

	if (!t || !dm_task_set_name(t, name))
		return -ENOMEM;
	if (cookie && !dm_task_set_cookie(t, cookie, 0))
		return -EIO;
	if (!dm_task_run(t))
		return task_error(t);
	return 0;
}

/* udevd may be gone while its socket stays: a cancel frees this wait (see run.c). */
static int cookie_wait(uint32_t cookie)
{
	int r;

	sys_set_cookie(cookie);
	/* Cancelled before: nobody else would ever remove the semaphore. */
	r = sys_cancelled() ? sys_cookie_release(cookie) : dm_udev_wait(cookie);
	sys_set_cookie(0);
	dm_task_update_nodes();
	return sys_cancelled() ? -ECANCELED : r ? 0 : -EIO;
}

/* Made as wanted, or there already and as wanted: one that lives is never loaded again. */
static int prepare(const GPtrArray *devs, struct dm_dev *d, struct input *res)
{
	struct dm_state s;
	int r = dm_query(d->name, &s);

	if (r >= 0 && !s.exists) {
		r = do_create(d);
		if (r == -EBUSY && dm_query(d->name, &s) >= 0 && s.exists)
			r = 0; /* somebody else was quicker */
		if (r < 0)
			return dm_fail(res, r == -EBUSY ? -EEXIST : r, "making", d->name);
	}
	if (r < 0)
		return dm_fail(res, r, "looking for", d->name);
	if (s.exists && !g_str_equal(s.uuid, d->uuid))
		return sys_fail(res, -EEXIST, "%s exists and is another device (%s)", d->name, s.uuid);
	d->devnum = d->made ? d->devnum : s.devnum;
	d->was_live = s.exists && s.live;
	if (d->was_live)
		return 0;
	r = do_load(devs, d);
	if (r < 0)
		return dm_fail(res, r, "loading the table of", d->name);
	return dm_members_check(d, res); /* from here on nobody else can get their numbers */
}

/* "TRANSACTION USED/TOTAL ..."; a pool that failed says so in words, and its thin devices will not load. */
static int pool_transaction(const char *name, uint64_t *ret)
{
	_cleanup_(task_freep) struct dm_task *t = dm_task_create(DM_DEVICE_STATUS);
	g_auto(GStrv) word = NULL;
	uint64_t begin, length;
	char *target, *params;

	if (!t || !dm_task_set_name(t, name))
		return -ENOMEM;
	if (!dm_task_run(t))
		return task_error(t);
	(void)dm_get_next_target(t, NULL, &begin, &length, &target, &params);
	word = g_strsplit(params ?: "", " ", 2);
	return word[0] ? parse_u64(word[0], ret) : -EINVAL;
}

/* Metadata of another time than the pool's would give its thin LVs the wrong content: LVM refuses it, too. */
static int start(struct dm_dev *d, uint32_t *cookie, struct input *res)
{
	uint64_t now;
	int r = do_resume(d, cookie);

	if (r < 0)
		return dm_fail(res, r, "starting", d->name);
	if (d->transaction < 0 || pool_transaction(d->name, &now) < 0 || now == (uint64_t)d->transaction)
		return 0;
	return sys_fail(res, -EUCLEAN, "thin pool %s is at transaction %" PRIu64 ", the metadata of LVM are at %" PRId64,
			d->name, now, d->transaction);
}

/*
 * A device that others of the transaction lie on is started at once: raid, thin and snapshot targets
 * read from it while their own tables load.  The rest starts when all tables are in.
 */
static int start_all(const GPtrArray *devs, uint32_t *cookie, struct input *res)
{
	int r;

	for (guint i = 0; i < devs->len; i++) {
		struct dm_dev *d = g_ptr_array_index(devs, i);

		r = prepare(devs, d, res);
		if (r < 0)
			return r;
		r = d->loaded && d->wanted_below ? start(d, cookie, res) : 0;
		if (r < 0)
			return r;
	}
	for (guint i = 0; i < devs->len; i++) {
		struct dm_dev *d = g_ptr_array_index(devs, i);

		r = d->loaded ? start(d, cookie, res) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

static void undo_all(const GPtrArray *devs)
{
	for (guint i = devs->len; i-- > 0;) {
		const struct dm_dev *d = g_ptr_array_index(devs, i);

		if (d->made)
			(void)do_remove(d->name, NULL);
	}
	dm_task_update_nodes();
}

static void list_all(const GPtrArray *devs, struct input *res)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < devs->len; i++) {
		const struct dm_dev *d = g_ptr_array_index(devs, i);

		g_string_append_printf(text, "%s%s %u:%u", i ? "\n" : "", d->name, major(d->devnum),
				       minor(d->devnum));
	}
	g_free(res->text);
	res->text = g_string_free(text, FALSE);
}

int effect_dm_activate(const struct action *a, const struct secret *secret, struct input *res)
{
	_cleanup_(dm_transaction_clear) struct dm_transaction t = { NULL, NULL };
	g_autofree char *why = NULL;
	_cleanup_(names_end) dm_string_mangling_t before = names_begin();
	uint32_t cookie = 0;
	int r = dm_transaction_parse(a, &t, &why), w = 0;

	if (r < 0)
		return sys_fail(res, r, "%s", why);
	if (a->udev && !dm_udev_create_cookie(&cookie))
		return dm_fail(res, -EIO, "making a udev cookie for", a->uuid ?: "");
	r = start_all(t.devs, a->udev ? &cookie : NULL, res);
	if (a->udev)
		w = cookie_wait(cookie);
	dm_task_update_nodes();
	if (r >= 0 && w < 0)
		r = w == -ECANCELED ? sys_fail(res, w, "cancelled while udevd was waited for") :
				      dm_fail(res, w, "waiting for udevd with", a->uuid ?: "");
	if (r < 0) {
		undo_all(t.devs);
		return r;
	}
	list_all(t.devs, res);
	return 0;
}

struct removal {
	const char *name;
	uint32_t *cookie;
};

static int remove_attempt(void *data)
{
	const struct removal *rm = data;
	int r;

	dm_log_begin();
	r = do_remove(rm->name, rm->cookie);
	return r == -ENXIO ? 0 : r;
}

int effect_dm_remove(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autofree char *node = NULL, *mapper = NULL;
	_cleanup_close_ int fd = -1;
	uint32_t cookie = 0;
	_cleanup_(names_end) dm_string_mangling_t before = names_begin();
	struct removal rm = { .name = a->name, .cookie = a->udev ? &cookie : NULL };
	struct dm_state s;
	int r;

	if (str_empty(a->name))
		return sys_fail(res, -EINVAL, "no name");
	r = dm_query(a->name, &s);
	if (r < 0)
		return dm_fail(res, r, "looking for", a->name);
	if (!s.exists)
		return 0;
	if (!str_empty(a->uuid) && !g_str_equal(a->uuid, s.uuid))
		return sys_fail(res, -ESTALE, "%s is another device now (%s)", a->name, s.uuid);
	node = g_strdup_printf("/dev/dm-%u", minor(s.devnum));
	mapper = g_strdup_printf("/dev/mapper/%s", a->name);
	if (a->udev && !dm_udev_create_cookie(&cookie))
		return dm_fail(res, -EIO, "making a udev cookie for", a->name);
	r = sys_retry_unused((const char *const[]){ node, mapper, NULL }, remove_attempt, &rm, res);
	if (a->udev) {
		int w = cookie_wait(cookie);

		r = r < 0 ? r : w;
	}
	dm_task_update_nodes();
	return r < 0 && !res->text ? dm_fail(res, r, "removing", a->name) : r;
}
