/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "harness.h"

extern const struct row graph_rows[], md_rows[], luks_rows[], lvm_rows[], goal_rows[], stop_rows[],
	wait_rows[], vg_rows[], choice_rows[], again_rows[];
extern const size_t n_graph_rows, n_md_rows, n_luks_rows, n_lvm_rows, n_goal_rows, n_stop_rows,
	n_wait_rows, n_vg_rows, n_choice_rows, n_again_rows;

extern const struct row array_rows[];
extern const size_t n_array_rows;
extern const struct row oracle_rows[];
extern const size_t n_oracle_rows;

extern const struct row cost_rows[];
extern const size_t n_cost_rows;

void cost_add(void);
void codec_add(void);
void property_add(void);
void text_add(void);
void vg_add(void);
