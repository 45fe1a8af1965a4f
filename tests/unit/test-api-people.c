/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the API says to whoever wrote the words: locked images, words that name no device. */
#include "test-api.h"

#include <errno.h>
#include <string.h>

#define ROOT_UUID "0a3407de-014b-458b-b5c1-848e92a327a3"
#define SWAP_UUID "0a3407de-014b-458b-b5c1-848e92a327a4"

static const char layout[] = "layout name=n1 kind=fs type=ext4 target=/ uuid=" ROOT_UUID
			     " label=root links=\"vg/root mapper/vg-root\" slaves=n2\n"
			     "layout name=n2 kind=luks uuid=11111111-2222-3333-4444-555555555555 slaves=n3\n"
			     "layout name=n3 kind=disk\n"
			     "layout name=n4 kind=fs type=swap target=resume uuid=" SWAP_UUID " slaves=n2\n"
			     "layout name=n5 kind=fs type=swap uuid=5 slaves=n3\n";
static const char fstab[] = "UUID=" ROOT_UUID " / btrfs defaults,subvol=@,noatime,x-a=b 0 1\nLABEL=d /d ext4 ro 0 0\n";

struct locked_row {
	const char *cmdline, *layout, *fstab;
	int error;
	const char *spec, *resume; /* of the goals; resume NULL: no such goal */
	unsigned number;	   /* of the last message, 0: none */
};

static const struct locked_row locked_rows[] = {
	{ "root=UUID=" ROOT_UUID, layout, NULL, 0, "UUID=" ROOT_UUID, NULL, 0 },
	{ "root=LABEL=root ro", layout, NULL, 0, "UUID=" ROOT_UUID, NULL, 0 },
	{ "root=/dev/mapper/vg-root", layout, fstab, 0, "UUID=" ROOT_UUID, NULL, 0 },
	{ "", layout, NULL, 0, "UUID=" ROOT_UUID, NULL, 0 },
	{ "", NULL, fstab, 0, "UUID=" ROOT_UUID, NULL, 0 },
	{ "rootflags=subvol=old", NULL, fstab, 0, "UUID=" ROOT_UUID, NULL, 105 },
	{ "root=UUID=" SWAP_UUID, layout, NULL, -EPERM, NULL, NULL, 106 },
	{ "root=LABEL=other", NULL, fstab, -EPERM, NULL, NULL, 106 },
	{ "root=LABEL=root", NULL, NULL, -EPERM, NULL, NULL, 106 },
	{ "resume=UUID=" SWAP_UUID, layout, NULL, 0, "UUID=" ROOT_UUID, "UUID=" SWAP_UUID, 0 },
	{ "resume=UUID=5", layout, NULL, 0, "UUID=" ROOT_UUID, NULL, 107 },
	{ "resume=LABEL=any", layout, fstab, 0, "UUID=" ROOT_UUID, NULL, 107 },
	{ "resume=LABEL=any noresume", layout, fstab, 0, "UUID=" ROOT_UUID, NULL, 0 },
};

static void test_locked_row(gconstpointer data)
{
	static const char *const none[] = { NULL };
	const struct locked_row *row = data;
	g_autoptr(sact) s = context();
	g_autoptr(sact_goal) first = NULL;
	unsigned number = 0;
	sact_event *e = NULL;

	g_assert_cmpint(sact_set_locked(s, 1), ==, 0);
	g_assert_cmpint(sact_add_cmdline(s, row->cmdline), ==, 0);
	g_assert_cmpint(sact_set_locked(s, 0), ==, -EBUSY);
	if (row->layout)
		g_assert_cmpint(sact_add_layout(s, row->layout, "layout"), ==, 0);
	if (row->fstab)
		g_assert_cmpint(sact_add_fstab(s, row->fstab, "fstab", none), ==, 0);
	g_assert_cmpint(sact_goal_new_root(s, "/sysroot", &first), ==, row->error);
	if (row->resume)
		g_assert_cmpstr(sact_goal_get_spec(sact_get_goal(s, 0)), ==, row->resume);
	g_assert_cmpstr(sact_goal_get_spec(sact_get_goal(s, row->resume ? 1 : 0)), ==, row->spec);
	g_assert_null(sact_get_goal(s, !!row->resume + !!row->spec));
	while (sact_next_event(s, &e) > 0) {
		number = (unsigned)sact_event_get_number(e);
		sact_event_unref(e);
	}
	g_assert_cmpuint(number, ==, row->number);
}

/* What names no device is refused at once: no goal waits for it. */
static void test_specs(void)
{
	static const char *const bad[] = { "", "foo", "FOO=bar", "UUID=", "LABEL=\"\"", "1:2:3", "8:", "sda1", "/",
					   "/home", "uuid=1", "PARTUUID=1/PARTNROFF=1", "-1:1", "8:99999999999" };
	static const char *const good[] = { "UUID=1", "LABEL=a b", "PARTUUID=1-02", "PARTLABEL=x", "/dev/sda1",
					    "/dev/disk/by-id/x", "8:1" };
	g_autoptr(sact) s = context();

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_cmpint(sact_goal_new_device(s, bad[i], NULL), ==, -EINVAL);
		g_assert_cmpint(sact_goal_new_mount(s, bad[i], "/x", NULL), ==, -EINVAL);
		g_assert_cmpint(sact_goal_new_swap(s, bad[i], NULL), ==, -EINVAL);
	}
	g_assert_null(sact_get_goal(s, 0));
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_assert_cmpint(sact_goal_new_device(s, good[i], NULL), ==, 0);
		g_assert_cmpstr(sact_goal_get_spec(sact_get_goal(s, i)), ==, good[i]);
	}
	g_assert_cmpint(sact_add_cmdline(s, "root=sda1"), ==, 0);
	g_assert_cmpint(sact_goal_new_root(s, "/x", NULL), ==, -EINVAL);
}

void add_tests_people(void)
{
	g_test_add_func("/api/specs", test_specs);
	for (size_t i = 0; i < G_N_ELEMENTS(locked_rows); i++) {
		g_autofree char *path = g_strdup_printf("/api/locked/%zu", i);

		g_test_add_data_func(path, &locked_rows[i], test_locked_row);
	}
}
