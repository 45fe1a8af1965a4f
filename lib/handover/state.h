/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What we made, as text below /run: one INPUT_MADE record a line behind a version line.  It says what
 * may be torn down; it never names a program or a key.
 */
#pragma once

#include "core/plan.h"

char *state_text(const struct plan *p);

/* Adds the records of what this action would make, for state_append(): the engine may die before it knows. */
void state_intend(const struct plan *p, const struct action *a, GString *to);
int state_append(int dir_fd, const char *name, const char *text);

#define STATE_INTENDED "state.intended" /* written before anything is made, whole lines at a time */

/* Complaints go to `bad` (line numbers); what is readable is appended to `ret` (struct input). */
int state_parse(const char *text, GPtrArray *ret, GArray *bad);
int state_parse_intended(const char *text, GPtrArray *ret, GArray *bad);

/* "state" below dir_fd: written whole or not at all; read only if root's (or ours) and 0600. */
int state_save(int dir_fd, const char *name, const char *text);
int state_load(int dir_fd, const char *name, char **ret);
