/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "sys.h"

struct md_member {
	dev_t devnum;
	int number; /* dev_number of its superblock */
	int role;   /* 0...; -1 spare, -3 journal */
};

int md_members_parse(const char *lines, GArray **ret); /* of struct md_member; -EINVAL */

/* The kernel name of the array that a member is bound to, started or not; NULL: none. */
char *md_array_of(dev_t member);
bool md_has_member(const char *array, dev_t member);
char *md_state(const char *array); /* array_state; NULL: there is no such array */

/* A new, empty array: its kernel name; wish: a number as text, or anything else for any number. */
int md_create(const char *wish, char **ret, struct input *res);

/* Members that failed and went keep their slots until somebody removes them. */
void md_remove_faulty(const char *array);

/* The lines of /run/mdadm/map: by these mdadm and its udev rules name an array. */
void md_map_add(const char *array, const char *version, const char *uuid, const char *name);
void md_map_remove(const char *array);
