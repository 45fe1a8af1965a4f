/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /run/mdadm/map, under the lock that mdadm takes for it. */
#include "md.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_DIR	 "/run/mdadm"
#define MAP_FILE MAP_DIR "/map"
#define MAP_NEW	 MAP_DIR "/map.new"
#define MAP_LOCK MAP_DIR "/map.lock"

/* mdadm unlinks its lock file when it is done, so the one we locked may be no one's any more. */
static int map_lock(void)
{
	for (;;) {
		_cleanup_close_ int fd = open(MAP_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		struct stat st;

		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX) < 0) {
			if (errno == EINTR && !sys_cancelled())
				continue;
			return -errno;
		}
		if (fstat(fd, &st) < 0)
			return -errno;
		if (st.st_nlink > 0)
			return sys_steal_fd(&fd);
	}
}

static GString *without(const char *text, const char *array)
{
	g_autofree char *own = g_strconcat(array, " ", NULL);
	GString *to = g_string_new(NULL);
	const char *p = text ?: "";
	char *copy;

	while ((copy = sys_next_line(&p))) {
		g_autofree char *line = copy;

		if (*line && !g_str_has_prefix(line, own))
			g_string_append_printf(to, "%s\n", line);
	}
	return to;
}

static int write_file(const char *path, const GString *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	return write(fd, text->str, text->len) == (ssize_t)text->len ? 0 : -EIO;
}

/* A missing map costs a link below /dev/md, no more: so nothing here is an error of the assembly. */
static void map_change(const char *array, const char *line)
{
	_cleanup_close_ int lock = -1;
	g_autofree char *old = NULL;
	g_autoptr(GString) text = NULL;

	(void)mkdir(MAP_DIR, 0700);
	lock = map_lock();
	if (lock < 0)
		return;
	old = sys_read(MAP_FILE);
	text = without(old, array);
	if (line)
		g_string_append_printf(text, "%s\n", line);
	if (write_file(MAP_NEW, text) == 0)
		(void)rename(MAP_NEW, MAP_FILE);
}

/* The map has 1.x uuids as little-endian words, where everybody prints them byte by byte. */
static char *map_uuid(const char *uuid, bool swap)
{
	g_autofree char *hex = uuid_squash(uuid);
	GString *to = g_string_new(NULL);

	if (strlen(hex) != 32)
		return g_string_free(to, FALSE);
	for (unsigned word = 0; word < 4; word++) {
		if (word)
			g_string_append_c(to, ':');
		for (unsigned i = 0; i < 4; i++)
			g_string_append_len(to, hex + word * 8 + (swap ? 3 - i : i) * 2, 2);
	}
	return g_string_free(to, FALSE);
}

void md_map_add(const char *array, const char *version, const char *uuid, const char *name)
{
	bool old = g_str_has_prefix(version ?: "", "0");
	g_autofree char *words = map_uuid(uuid ?: "", !old), *path = NULL, *line = NULL;

	path = str_empty(name) ? g_strdup_printf("/dev/%s", array) : g_strdup_printf("/dev/md/%s", name);
	for (char *p = path + strlen("/dev/md/"); !str_empty(name) && *p; p++)
		if (*p == '/' || (unsigned char)*p <= ' ')
			*p = '_';
	line = g_strdup_printf("%s %s %s %s", array, version ?: "1.2", words, path);
	if (*words)
		map_change(array, line);
}

void md_map_remove(const char *array)
{
	if (g_file_test(MAP_FILE, G_FILE_TEST_EXISTS))
		map_change(array, NULL);
}
