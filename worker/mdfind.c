/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sysfs says of arrays and their members, and the making of a new one. */
#include "md.h"

#include <dirent.h>
#include <stdio.h>

#define NUMBER_TOP  127 /* where mdadm, too, begins to count down */
#define NUMBER_MAX  511 /* larger minors belong to named arrays */
#define NEW_ARRAY   "/sys/module/md_mod/parameters/new_array"

static int member_parse(const char *line, struct md_member *ret)
{
	g_auto(GStrv) word = g_strsplit(line, " ", 0);
	int64_t number, role;

	if (g_strv_length(word) != 3 || devnum_parse(word[0], &ret->devnum) < 0 ||
	    parse_s64(word[1], &number) < 0 || parse_s64(word[2], &role) < 0)
		return -EINVAL;
	if (number < -1 || number > UINT16_MAX || role < -3 || role > UINT16_MAX)
		return -EINVAL;
	ret->number = (int)number;
	ret->role = (int)role;
	return 0;
}

int md_members_parse(const char *lines, GArray **ret)
{
	g_autoptr(GArray) members = g_array_new(FALSE, TRUE, sizeof(struct md_member));
	const char *p = lines ?: "";
	char *text;

	while ((text = sys_next_line(&p))) {
		g_autofree char *line = text;
		struct md_member m;

		if (member_parse(line, &m) < 0)
			return -EINVAL;
		g_array_append_val(members, m);
	}
	if (!members->len)
		return -EINVAL;
	*ret = g_steal_pointer(&members);
	return 0;
}

static void dir_closep(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

char *md_array_of(dev_t member)
{
	g_autofree char *path =
		g_strdup_printf("/sys/dev/block/%u:%u/holders", major(member), minor(member));
	_cleanup_(dir_closep) DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		g_autofree char *md = g_strdup_printf("/sys/block/%s/md/array_state", e->d_name);

		if (e->d_name[0] != '.' && g_file_test(md, G_FILE_TEST_EXISTS))
			return g_strdup(e->d_name);
	}
	return NULL;
}

bool md_has_member(const char *array, dev_t member)
{
	g_autofree char *path = g_strdup_printf("/sys/dev/block/%u:%u/holders/%s", major(member),
						minor(member), array);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

char *md_state(const char *array)
{
	return sys_read("/sys/block/%s/md/array_state", array);
}

void md_remove_faulty(const char *array)
{
	g_autofree char *path = g_strdup_printf("/sys/block/%s/md", array);
	_cleanup_(dir_closep) DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		g_autofree char *state = NULL;

		if (!g_str_has_prefix(e->d_name, "dev-"))
			continue;
		state = sys_read("%s/%s/state", path, e->d_name);
		if (state && strstr(state, "faulty"))
			(void)sys_write("remove", "%s/%s/state", path, e->d_name);
	}
}

/* The kernel makes it or says -EEXIST: nobody can come in between. */
static int create_number(unsigned n, char **ret)
{
	g_autofree char *array = g_strdup_printf("md%u", n), *exists = NULL;
	int r;

	exists = g_strdup_printf("/sys/block/%s", array);
	if (g_file_test(exists, G_FILE_TEST_EXISTS))
		return -EEXIST;
	r = sys_write(array, NEW_ARRAY);
	if (r < 0)
		return r;
	*ret = g_steal_pointer(&array);
	return 0;
}

int md_create(const char *wish, char **ret, struct input *res)
{
	uint64_t n;
	int r = -EEXIST;

	if (!str_empty(wish) && parse_u64(wish, &n) == 0 && n <= NUMBER_MAX)
		r = create_number((unsigned)n, ret);
	for (unsigned i = NUMBER_TOP; r == -EEXIST && i > 0; i--)
		r = create_number(i, ret);
	for (unsigned i = NUMBER_TOP + 1; r == -EEXIST && i <= NUMBER_MAX; i++)
		r = create_number(i, ret);
	if (r == -ENOENT)
		return sys_fail(res, -EOPNOTSUPP, "the kernel has no md driver (module md_mod)");
	if (r < 0)
		return sys_fail(res, r, "making an array: %s", g_strerror(-r));
	return 0;
}
