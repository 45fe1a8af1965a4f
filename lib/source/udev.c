/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source/source.h"

#include <dirent.h>
#include <fcntl.h>
#include <libudev.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A burst of some thousand events fits; where it does not, the overflow is noticed and mended. */
#define RECEIVE_BUFFER (16 << 20)

struct source {
	struct udev *udev;
	struct udev_monitor *monitor;
	bool from_udevd;
	source_feed feed;
	void *data;
	GHashTable *known;   /* dev_t (as int64) → itself: what was fed and is not gone */
	GHashTable *aliases; /* fed already */
	uint64_t devices;
};

bool source_udevd_runs(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "/run/udev/control" };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool runs;

	if (fd < 0)
		return false;
	/* The file outlives udevd: only a listener accepts. */
	runs = connect(fd, (struct sockaddr *)&sun, sizeof sun) == 0 || errno == EAGAIN;
	close(fd);
	return runs;
}

static char *slaves_of(const char *syspath)
{
	g_autofree char *dir = g_strconcat(syspath, "/slaves", NULL);
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return NULL;
	while ((e = readdir(d))) {
		g_autofree char *path = NULL, *text = NULL;

		if (e->d_name[0] == '.')
			continue;
		path = g_strdup_printf("%s/%s/dev", dir, e->d_name);
		if (g_file_get_contents(path, &text, NULL, NULL))
			g_ptr_array_add(found, g_strdup(g_strstrip(text)));
	}
	closedir(d);
	if (!found->len)
		return NULL;
	g_ptr_array_add(found, NULL);
	return g_strjoinv(" ", (char **)found->pdata);
}

/* libudev keeps read attributes for the life of the udev_device; ours live for one event. */
static uint64_t attr_u64(struct udev_device *d, const char *name)
{
	const char *text = udev_device_get_sysattr_value(d, name);
	uint64_t v;

	return text && parse_u64(text, &v) == 0 ? v : 0;
}

static char *attr_dup(struct udev_device *d, const char *name)
{
	const char *text = udev_device_get_sysattr_value(d, name);

	return str_empty(text) ? NULL : g_strdup(text);
}

static char *links_of(struct udev_device *d)
{
	GString *s = g_string_new(NULL);
	struct udev_list_entry *e;

	udev_list_entry_foreach(e, udev_device_get_devlinks_list_entry(d))
	{
		const char *name = udev_list_entry_get_name(e);

		if (g_str_has_prefix(name, "/dev/"))
			g_string_append_printf(s, "%s%s", s->len ? " " : "", name + 5);
	}
	return g_string_free(s, s->len == 0);
}

static bool property_is(struct udev_device *d, const char *key, const char *value)
{
	return streq0(udev_device_get_property_value(d, key), value);
}

/* udevd's rules keep others away from devices that are half made or not for use. */
static bool hidden_by_rules(struct udev_device *d)
{
	return property_is(d, "DM_UDEV_DISABLE_OTHER_RULES_FLAG", "1");
}

/* An array's number moves on while it starts; its UUID is what tells it and a dm device apart. */
static uint64_t diskseq_of(struct udev_device *disk)
{
	const char *name = udev_device_get_sysname(disk);

	if (g_str_has_prefix(name, "md") || g_str_has_prefix(name, "dm-"))
		return 0; /* by its name: the attributes may not be there yet when it is added */
	return attr_u64(disk, "diskseq");
}

static void fill(const struct source *s, struct udev_device *d, struct input *in)
{
	struct udev_device *disk = d;
	const char *node = udev_device_get_devnode(d);

	in->devnum = udev_device_get_devnum(d);
	in->node = g_strdup(node ? node + strlen("/dev/") : udev_device_get_sysname(d));
	in->size = attr_u64(d, "size") * 512;
	in->readonly = attr_u64(d, "ro") != 0;
	if (streq0(udev_device_get_devtype(d), "partition")) {
		disk = udev_device_get_parent_with_subsystem_devtype(d, "block", "disk");
		in->parent = disk ? udev_device_get_devnum(disk) : 0;
		in->partn = attr_u64(d, "partition");
	}
	in->diskseq = disk ? diskseq_of(disk) : 0;
	in->dm_name = attr_dup(d, "dm/name");
	in->dm_uuid = attr_dup(d, "dm/uuid");
	in->md_state = attr_dup(d, "md/array_state");
	in->slaves = slaves_of(udev_device_get_syspath(d));
	in->wwid = disk ? (attr_dup(disk, "wwid") ?: attr_dup(disk, "device/wwid")) : NULL;
	in->serial = disk ? (attr_dup(disk, "serial") ?: attr_dup(disk, "device/serial")) : NULL;
	/* A table that is loaded but not live yet, or an array that does not run, gives nothing. */
	if (in->dm_name && attr_u64(d, "dm/suspended"))
		in->size = 0;
	if (streq0(in->md_state, "inactive") || streq0(in->md_state, "clear"))
		in->size = 0;
	if (s->from_udevd) {
		in->links = links_of(d);
		if (hidden_by_rules(d)) { /* but what is in use all the same is there */
			in->count = in->size;
			in->size = 0;
		}
	}
}

static void feed_device(struct source *s, struct udev_device *d)
{
	struct input in = { .type_id = INPUT_DEVICE };
	int64_t *key;

	fill(s, d, &in);
	if (!in.devnum) { /* it went away while its attributes were read */
		input_clear(&in);
		return;
	}
	key = g_new(int64_t, 1);
	*key = (int64_t)in.devnum;
	g_hash_table_add(s->known, key);
	s->devices++;
	s->feed(s->data, &in);
	input_clear(&in);
}

static void feed_gone(struct source *s, dev_t devnum)
{
	struct input in = { .type_id = INPUT_GONE, .devnum = devnum };
	int64_t key = (int64_t)devnum;

	if (g_hash_table_remove(s->known, &key))
		s->feed(s->data, &in);
}

static void feed_alias(struct source *s, const char *alias)
{
	struct input in = { .type_id = INPUT_MODALIAS };

	if (str_empty(alias) || strchr(alias, ' ') || !g_hash_table_add(s->aliases, g_strdup(alias)))
		return;
	in.text = (char *)alias;
	s->feed(s->data, &in);
}

int source_new(struct source **ret, bool udev, source_feed feed, void *data)
{
	struct source *s = g_new0(struct source, 1);
	int r;

	s->from_udevd = udev;
	s->feed = feed;
	s->data = data;
	s->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	s->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->udev = udev_new();
	s->monitor = s->udev ? udev_monitor_new_from_netlink(s->udev, udev ? "udev" : "kernel") : NULL;
	if (!s->monitor) {
		r = errno ? -errno : -ENOMEM;
		source_free(s);
		return r;
	}
	if (udev) /* the kernel's group carries aliases of other subsystems, too */
		udev_monitor_filter_add_match_subsystem_devtype(s->monitor, "block", NULL);
	(void)udev_monitor_set_receive_buffer_size(s->monitor, RECEIVE_BUFFER);
	r = udev_monitor_enable_receiving(s->monitor);
	if (r < 0) {
		source_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct source *source_free(struct source *s)
{
	if (!s)
		return NULL;
	if (s->monitor)
		udev_monitor_unref(s->monitor);
	if (s->udev)
		udev_unref(s->udev);
	g_hash_table_unref(s->known);
	g_hash_table_unref(s->aliases);
	g_free(s);
	return NULL;
}

int source_fd(const struct source *s)
{
	return udev_monitor_get_fd(s->monitor);
}

static void drop_vanished(struct source *s, GHashTable *seen)
{
	g_autoptr(GPtrArray) gone = g_ptr_array_new();
	GHashTableIter it;
	gpointer key;

	g_hash_table_iter_init(&it, s->known);
	while (g_hash_table_iter_next(&it, &key, NULL))
		if (!g_hash_table_contains(seen, key))
			g_ptr_array_add(gone, key);
	for (guint i = 0; i < gone->len; i++)
		feed_gone(s, (dev_t) * (int64_t *)gone->pdata[i]);
}

int source_enumerate(struct source *s)
{
	struct udev_enumerate *e = udev_enumerate_new(s->udev);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	struct input end = { .type_id = INPUT_ENUMERATED };
	struct udev_list_entry *le;
	int r;

	if (!e)
		return -ENOMEM;
	udev_enumerate_add_match_subsystem(e, "block");
	if (s->from_udevd)
		udev_enumerate_add_match_is_initialized(e);
	r = udev_enumerate_scan_devices(e);
	udev_list_entry_foreach(le, udev_enumerate_get_list_entry(e))
	{
		struct udev_device *d = udev_device_new_from_syspath(s->udev, udev_list_entry_get_name(le));
		int64_t *key;

		if (!d)
			continue;
		key = g_new(int64_t, 1);
		*key = (int64_t)udev_device_get_devnum(d);
		g_hash_table_add(seen, key);
		feed_device(s, d);
		udev_device_unref(d);
	}
	udev_enumerate_unref(e);
	drop_vanished(s, seen);
	end.count = g_hash_table_size(seen);
	s->feed(s->data, &end);
	return r;
}

static void event(struct source *s, struct udev_device *d)
{
	const char *action = udev_device_get_action(d);

	if (!s->from_udevd && streq0(action, "add"))
		feed_alias(s, udev_device_get_property_value(d, "MODALIAS"));
	if (!streq0(udev_device_get_subsystem(d), "block"))
		return;
	if (streq0(action, "remove")) {
		feed_gone(s, udev_device_get_devnum(d));
		return;
	}
	/* Events lag behind: what sysfs says now is what counts. */
	if (access(udev_device_get_syspath(d), F_OK) == 0)
		feed_device(s, d);
}

int source_dispatch(struct source *s)
{
	for (;;) {
		struct udev_device *d;

		errno = 0;
		d = udev_monitor_receive_device(s->monitor);
		if (d) {
			event(s, d);
			udev_device_unref(d);
		} else if (errno == ENOBUFS) {
			struct input in = { .type_id = INPUT_OVERFLOW };

			s->feed(s->data, &in);
			(void)source_enumerate(s);
		} else {
			return 0; /* nothing more, or not for us: the fd stays readable if there is more */
		}
	}
}
