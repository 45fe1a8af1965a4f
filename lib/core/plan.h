/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: what is known (devices), what they make up (assemblies), what is wanted (goals) and what
 * is under way (requests, deadlines, questions).  plan_step() is the only way in; it sees its
 * arguments and nothing else.
 */
#pragma once

#include "core/action.h"
#include "core/input.h"

struct layer;
struct place;
struct plan;
struct assembly;

/* ---- devices ---- */

enum probe_state {
	PROBE_NONE,    /* never looked at, or nobody needs to know */
	PROBE_RUNNING,
	PROBE_DONE,    /* info is what was found, if anything */
	PROBE_FAILED,  /* unreadable, damaged or ambivalent: error, error_text */
};

struct device {
	uint64_t serial; /* of this incarnation: never reused */
	dev_t devnum;
	uint64_t diskseq;
	char *node;
	dev_t parent; /* partition: its disk */
	uint64_t partn, size;
	uint64_t full_size; /* size, but not 0 for what an assembly keeps for itself */
	uint64_t hidden_size; /* of what udev's rules keep from others: counts when it is in use */
	bool readonly;
	bool inner;	    /* such a part: nobody uses what is on it */
	char *dm_name, *dm_uuid, *md_state, *slaves, *udev_links, *wwid, *hw_serial;

	enum probe_state probe;
	bool deep;	    /* info comes from a full safe probe */
	bool listed;	    /* of the first enumeration, and not answered yet */
	bool initial;	    /* was there before us */
	bool dirty;	    /* queued for device_consider() */
	bool want_deep;	    /* of the probe that is queued or running */
	uint64_t probe_id;  /* of the request, 0: none */
	int64_t error;
	char *error_text;
	struct input info;  /* the probe's result, as it came */

	GPtrArray *names;   /* keys in plan->names, owned */
	char *links_made;   /* links below /dev that we asked for */
	struct assembly *member_of;
	struct assembly *output_of;
	GSList *parts; /* of a disk: its partitions */
	struct device *path_of; /* the path to the same disk that is used; NULL: this one */
	bool has_paths, paths_told;
	GSList *goals; /* struct goal whose device it is */
	bool clone_told;
	uint64_t since;
	GList link; /* in plan->devices */
};

/* ---- assemblies ---- */

enum assembly_state {
	ASSEMBLY_WAITING,   /* members are missing, or nobody needs it */
	ASSEMBLY_STARTABLE, /* could start, not complete: the grace clock runs if a goal needs it */
	ASSEMBLY_COMPLETE,
	ASSEMBLY_ACTIVATING,
	ASSEMBLY_ACTIVE,
	ASSEMBLY_DEGRADED,
	ASSEMBLY_FAILED,
	ASSEMBLY_STOPPED,
};

struct member {
	struct device *dev;
	uint64_t serial;    /* dev's: a member may outlive it in explanations only */
	bool excluded;	    /* stale, split brain, duplicate: why says so */
	char *why;
	bool added;	    /* part of the running assembly */
	bool refused;	    /* which did not take it when it came late */
};

struct assembly {
	const struct layer *layer;
	guint number;	 /* in plan->assemblies */
	GList link;	 /* in plan->loose or activating, by its state */
	struct question *question; /* that stands; NULL: none */
	char *id;	 /* the UUID that its members carry */
	char *name;
	enum assembly_state state;
	GPtrArray *members; /* struct member, owned, arrival order */
	GPtrArray *outputs; /* struct device, not owned */
	GArray *awaited;    /* dev_t of outputs that were announced and have not been looked at */
	unsigned needed, present;
	bool startable, complete;
	bool held; /* has all it needs, and whether it is the one that is meant is not known yet */
	bool idle; /* complete, and no goal wants anything of it */
	bool dirty;
	bool ours, adopted, with_missing;
	bool automatic; /* it was opened without a person */
	bool trial;	 /* degraded, and only possibly needed: stopped again if it leads nowhere */
	bool given_up;	 /* and so it was; a new member makes it worth another look */
	uint64_t since;		   /* first member seen */
	uint64_t startable_since;  /* 0: not startable */
	uint64_t degraded_at;	   /* 0: clock not running; USEC_NEVER: never */
	uint64_t clock_due;	   /* degraded_at, kept while it is not startable */
	uint64_t clock_cap;	   /* latest degraded_at allowed */
	bool clock_restart;	   /* a member never seen before came */
	GHashTable *seen;	   /* identities of members that restarted the clock */
	uint64_t request;	   /* id of the action under way */
	bool modules_loaded;
	unsigned error_number;
	char *error;
	void *data;		   /* the layer's own */
};

/* ---- goals ---- */

enum goal_kind { GOAL_DEVICE, GOAL_MOUNT, GOAL_SWAP, GOAL_RESUME };
enum goal_state { GOAL_WAITING, GOAL_ACTIVE, GOAL_DONE, GOAL_FAILED };
enum goal_step { STEP_FIND, STEP_VERIFY, STEP_MODULES, STEP_CHECK, STEP_ACT, STEP_END };

struct goal {
	uint64_t id;
	guint number; /* in plan->goals */
	enum goal_kind kind;
	enum goal_state state;
	enum goal_step step;
	char *spec, *key; /* as given; as in plan->names */
	char *target, *fstype, *options, *fsck, *where;
	struct device *dev;
	char *node_path; /* "/dev/…" of dev */
	uint64_t request;
	uint64_t since, until;
	bool choosing;	     /* among plan->choosers */
	bool optional;	     /* nofail: nobody waits for a device that is not there */
	bool over;	     /* optional, and its time has passed: it may still come, the end does not wait for it */
	bool too_late;	     /* failed, and then its mount or swap was made all the same */
	bool found;	     /* somebody else had mounted it, or swapped it on */
	uint64_t mount_id;   /* of the mount that was made; 0: not known */
	int64_t fsck_status; /* -1: not run */
	unsigned error_number;
	int64_t error_code;
	char *error;
	char *explained; /* the explanation last reported */
	uint64_t resume_until; /* GOAL_RESUME: then the decision is no */
	char *decision;	       /* and why */
	bool image_told;       /* which was there all the same */
	uint64_t explain_at;
	GList explain;	     /* in plan->explain_soon, by explain_at, or explain_later, when that is 0 */
	struct place *place; /* of the target */
	guint due;	     /* + 1: in plan->due */
	bool asked;	     /* in plan->asked */
	bool open;	     /* not met, and without a device */
	GList path;	     /* in plan->open_paths, while it is open */
};

/* ---- configuration that names things ---- */

struct volume {
	char *name, *spec, *key, *where;
	struct input config;
	struct assembly *assembly;
};

struct array_policy {
	char *uuid, *name;
	char *md_name;
	uint64_t minor; /* super-minor= + 1; 0: none */
	uint64_t grace; /* as in struct input: + 1 */
	bool ignore;
};

/* ---- questions and answers ---- */

struct question {
	uint64_t id;
	struct assembly *about;
	unsigned tries;
	uint64_t since;
	uint64_t timeout, until; /* each time it is asked; 0: as long as it takes */
	bool withdrawn;
};

struct answer {
	uint64_t secret;
	struct assembly *asked; /* whose question it answered */
	unsigned pending;	/* attempts under way */
	bool asked_tried;	/* and that volume has tried it */
	bool opened;		/* fitted somewhere */
	uint64_t number;	/* as questions: those asked before it was given try it */
};

/* ---- requests under way ---- */

enum owner { OWNER_DEVICE, OWNER_ASSEMBLY, OWNER_GOAL, OWNER_STOP, OWNER_DRIVERS, OWNER_NONE };

enum lane { LANE_QUICK, LANE_SLOW, _LANES };

struct request {
	uint64_t id;
	enum owner owner;
	enum action_type type;
	dev_t devnum;	 /* OWNER_DEVICE, OWNER_STOP */
	uint64_t serial; /* of that device */
	void *ptr;	 /* OWNER_ASSEMBLY, OWNER_GOAL: never freed before the plan */
	uint64_t secret;
	uint64_t since, timeout;
	uint64_t started, until; /* a worker took it; 0, never: it is in the queue */
	bool working;		 /* holds a place of its lane */
	bool deep, timed_out, overtaken, cancelled;
	GList link;	 /* in plan->queued or in_hand */
	char *what;	 /* for explanations */
};

struct mount {
	uint64_t id; /* the kernel's; 0: a swap area, or not known */
	dev_t devnum;
	char *target;  /* NULL: a swap area */
	bool readonly; /* nothing can have been written through it */
	bool standing; /* this process needs it */
};

struct deadline {
	uint64_t until;
	const char *owner; /* name of what waits; belongs to the plan */
	const char *reason;
};

struct plan {
	GQueue devices; /* struct device.link, arrival order */
	GHashTable *by_devnum;
	GHashTable *names;	/* key → GPtrArray of struct device, arrival order */
	GPtrArray *assemblies;	/* creation order */
	GQueue loose;		/* of them: those that a goal which ends may leave alone; see assembly.c */
	GQueue activating;	/* of them: those in that state */
	bool given_up;		/* one of them may be */
	bool headers;		/* a volume has header= */
	unsigned n_failed;	/* of them */
	uint64_t first_clock;	/* no grace of theirs ends before */
	GHashTable *by_id;	/* "layer:id" → assembly */
	GHashTable *vgs_by_name; /* → GPtrArray of struct assembly */
	GPtrArray *goals; /* in the order in which they came; goalset.c keeps it and what follows */
	GHashTable *goals_by_id, *goals_by_key; /* key → GPtrArray */
	struct place *places;			/* "/" */
	struct goal *resume;			/* the first of its kind that is not decided; NULL: none */
	GPtrArray *asked;			/* goals that look for their device in this step */
	GPtrArray *due;				/* heap of goals with a deadline */
	GQueue explain_soon, explain_later;	/* goals that are not met */
	GQueue open_paths; /* those that search for a device by a path, which alone names an assembly */
	unsigned n_unmet, n_unmet_required, n_unmet_mounts, n_over, n_open, n_open_resume;
	GPtrArray *volumes, *arrays, *questions, *answers, *mounts, *layout, *made;
	GHashTable *mounts_of; /* devnum → GPtrArray of struct mount */
	GHashTable *volumes_by_key;
	GHashTable *requests; /* id → struct request */
	GQueue queued[_LANES], in_hand; /* of them, see lane.c */
	unsigned working[_LANES], overtaken[_LANES], slow_looks;
	GQueue dirty_devices, dirty_assemblies, probe_queue;
	unsigned probes_running, probes_overtaken; /* the latter are among the former */
	struct actions *out;
	uint64_t now, next_id, next_serial;

	/* policy */
	uint64_t degraded_after;
	uint64_t overdue_after, overdue_at; /* 0: never said */
	uint64_t memory; /* KiB that key derivations may use together; 0: not known */
	char *system_ids; /* LVM's names of this machine, " " between them; NULL: it has none */
	bool udev, modules;
	char *homehost; /* of mdadm.conf; NULL: not known */
	bool changed; /* something that an explanation may tell */
	uint64_t goals_stamp; /* moves on when what goals search for may have changed */

	GPtrArray *drivers; /* aliases that wait, see drivers.c */
	unsigned modules_pending;
	bool enumerated;
	uint64_t enumerated_at, probe_progress;
	unsigned listed_unprobed; /* of the first enumeration, not answered yet */
	bool slow_probes_released;
	uint64_t n_started, idle_since; /* what may be waited for with a choice; none is, since so many were */
	guint started_last;
	bool choice_waiting;   /* somebody waits with a choice for what is under way */
	bool judge_first;      /* a refusal waits for assemblies that are dirty */
	GPtrArray *choosers;   /* struct goal, of those */
	uint64_t choice_since; /* since when; 0: nobody does */
	bool choice_released;  /* it took too long */
	unsigned n_devices;
	bool orphans; /* partitions came before their disk */
	bool paths_untold;
	bool vgs_wait; /* for the end of all looks: of two VGs of one name none is meant */

	bool mounts_known; /* the mount table was read */

	bool stopping, stop_all;
	char *stop_spec, *stop_target; /* as given; as a path, of a mount point perhaps */
	GHashTable *stop_scope;	    /* serials of what the spec names, and of what lies on it */
	GHashTable *stop_tried;	    /* char *: what was tried to be stopped */
	GHashTable *stop_unmounted; /* serials of devices that a mount of ours went from */
	bool stop_probing, stop_found, stop_told;
	unsigned stop_pending, stop_failed;
};

struct plan *plan_new(void);
void plan_free(struct plan *p);

/* One input in, the actions it leads to out; `now` in CLOCK_BOOTTIME µs. */
void plan_step(struct plan *p, const struct input *in, uint64_t now, struct actions *out);

uint64_t plan_next_deadline(const struct plan *p); /* USEC_NEVER: none */
bool plan_settled(const struct plan *p);	   /* nothing will change without a new goal */

/* For core and layers. */
struct action *plan_request(struct plan *p, enum action_type t, enum owner owner, void *ptr, uint64_t timeout);
void plan_cancel(struct plan *p, uint64_t request_id);
void plan_report(struct plan *p, unsigned number, unsigned severity, const char *subject, const char *format,
		 ...) _printf_(5, 6);
bool plan_wants_anything(const struct plan *p); /* a goal is not met yet */

/* graph.c */
struct device *graph_find(const struct plan *p, dev_t devnum);
struct device *graph_lookup(const struct plan *p, const char *key); /* first with that name */
const GPtrArray *graph_named(const struct plan *p, const char *key); /* all; NULL: none */
char *graph_key(const char *spec); /* the name that a spec stands for; caller frees */
void graph_device(struct plan *p, const struct input *in);
void graph_gone(struct plan *p, const struct input *in);
void graph_enumerated(struct plan *p, const struct input *in);
void graph_probed(struct plan *p, struct device *d, const struct input *in, bool deep);
void graph_probe(struct plan *p, struct device *d, bool deep);
void graph_probe_next(struct plan *p);
void graph_probe_all(struct plan *p);
void graph_drain(struct plan *p);
void graph_name(struct plan *p, struct device *d, const char *key);
void graph_outputs_again(struct plan *p, const struct assembly *a); /* what it is made of is known now */
void graph_in_use(struct plan *p, dev_t devnum); /* it was mounted or swapped on */
void graph_unname(struct plan *p, struct device *d, const char *key);
void graph_dirty(struct plan *p, struct device *d); /* is looked at again in this step */
bool graph_choice_allowed(const struct plan *p); /* the first enumeration is known */
bool graph_looking(const struct plan *p); /* a disk is being read, and not slow */
bool graph_foreign(const struct device *d); /* member of a set that no layer makes up */
bool graph_partitioned_pv(const struct device *d); /* carries an LVM label, and has partitions */
bool graph_hidden(const struct plan *p, const struct device *d); /* partition of a claimed disk */
bool graph_looked_at(const struct plan *p, const struct device *d); /* it, and the disk it is on */
void device_free(struct device *d);
const char *device_state_text(const struct device *d);
/* inner.c */
bool device_inner(const struct plan *p, const struct device *d);
/* names.c */
void names_drop(struct plan *p, struct device *d);
void names_of_node(struct plan *p, struct device *d);
void names_of_content(struct plan *p, struct device *d);
void links_update(struct plan *p, struct device *d);
void links_drop(struct plan *p, struct device *d);
/* paths.c: of several paths to one disk one is used */
void paths_name(struct plan *p, struct device *d);
bool paths_hide(struct plan *p, struct device *d); /* true: another one is used in its place */
void paths_leave(struct plan *p, struct device *d);
const GPtrArray *paths_holders(const struct plan *p, const struct device *d); /* that were seen on it; NULL: none */
void paths_again(struct plan *p, const char *key);
void paths_again_of(struct plan *p, dev_t devnum);
void paths_tell(struct plan *p);

/* outputs.c: whose output a device is; all answer 1, -1: no, 0: not known yet */
typedef int (*output_judge)(const struct plan *p, const struct assembly *a, const struct device *below, unsigned depth);
int outputs_below(const struct plan *p, const struct assembly *a, const struct device *d, output_judge judge,
		  unsigned depth);
void outputs_find(struct plan *p, struct device *d);
void outputs_find_above(struct plan *p, const struct device *d);
void outputs_made(struct plan *p, struct assembly *a, dev_t devnum); /* the worker says so */
bool outputs_awaited(const struct plan *p, const struct assembly *a);

/* choice.c: of several devices that answer to one name */
struct device *choice_make(struct plan *p, struct goal *g); /* NULL: none, or not yet, or it was refused */
bool choice_by_content(const char *key);
bool choice_usable(const struct plan *p, const struct device *d);
bool choice_waits(struct plan *p, const struct device *d); /* another of its identity may still come */
bool choice_is_original(const struct device *x, const struct device *y); /* y is a snapshot of x */
void choice_refuse(struct plan *p, struct goal *g, unsigned number, int64_t code, const char *why);
void choice_explain(const struct plan *p, const struct goal *g, GPtrArray *waits);
void choice_late(struct plan *p, struct device *d);
void choice_clock(struct plan *p);
void choice_ask(struct plan *p);
bool choice_too_early(struct plan *p, struct goal *g, const struct device *d); /* to refuse: asked again */
uint64_t choice_hold(const struct plan *p);

/* mounts.c: what is mounted and swapped on, whoever did it */
void mounts_init(struct plan *p);
void mounts_clear(struct plan *p);
void mounts_told(struct plan *p, const struct input *in, bool mounted);
const GPtrArray *mounts_of(const struct plan *p, dev_t devnum); /* struct mount; NULL: none */
const struct mount *mount_at(const struct plan *p, dev_t devnum, const char *target); /* NULL: as swap */
const struct mount *mount_written(const struct plan *p); /* one that something may be written through */

/* made.c: what is ours of what is there */
bool device_is_md(const struct device *d);
bool made_is_device(const struct input *m, const struct device *d);
const struct mount *made_mount(const struct plan *p, const struct input *m); /* as it is now; NULL: gone */
bool made_is_there(const struct plan *p, const struct input *m);
bool mount_is_ours(const struct plan *p, const struct mount *m);
bool device_is_ours(const struct plan *p, const struct device *d);

/* assembly.c */
struct assembly *assembly_get(struct plan *p, const struct layer *l, const char *id);
struct assembly *assembly_find(const struct plan *p, const char *layer, const char *id);
struct member *assembly_join(struct plan *p, struct assembly *a, struct device *d);
void assembly_leave(struct plan *p, struct device *d);
void assembly_output(struct plan *p, struct assembly *a, struct device *d);
void assembly_touch(struct plan *p, struct assembly *a);
void assembly_set_state(struct plan *p, struct assembly *a, enum assembly_state to);
void assembly_fail(struct plan *p, struct assembly *a, unsigned number, const char *format, ...) _printf_(4, 5);
void assembly_drain(struct plan *p);
void assembly_touch_all(struct plan *p);
void assembly_touch_idle(struct plan *p);    /* those that one more goal may start, or something of */
void assembly_touch_loose(struct plan *p);   /* those whose clock runs, or that are on trial */
void assembly_touch_waiting(struct plan *p); /* those that wait for an answer, or for memory */
bool assembly_demanded(const struct plan *p, const struct assembly *a);
bool assembly_named(const struct plan *p, const struct assembly *a);
bool assembly_running(const struct assembly *a);
struct device *assembly_device(const struct assembly *a); /* the first output that has come; NULL: none */
void assembly_output_gone(struct plan *p, struct device *d);
void assembly_finished(struct plan *p, struct assembly *a, const struct request *r, const struct input *in);
void assembly_clocks(struct plan *p);
struct assembly *assembly_holding(const struct plan *p, const struct assembly *a);
const char *assembly_state_name(enum assembly_state s);
bool array_policy_fits(const struct array_policy *ap, const struct assembly *a);
uint64_t assembly_grace(const struct plan *p, const struct assembly *a);
void assembly_free(struct assembly *a);
struct action *assembly_request(struct plan *p, struct assembly *a, enum action_type t, uint64_t timeout);

/* lane.c */
void lane_add(struct plan *p, struct request *r);
void lane_leave(struct plan *p, struct request *r);
void lane_overtake(struct plan *p, struct request *r);
void lane_give_up(struct plan *p, struct request *r);

/* drivers.c */
GPtrArray *drivers_new(void);
void drivers_offered(struct plan *p, const char *aliases);
void drivers_consider(struct plan *p);
void drivers_loaded(struct plan *p);

/* trial.c */
void trial_judge(struct plan *p, struct assembly *a);
void trials_forget(struct plan *p);

/* goal.c */
void goal_add(struct plan *p, const struct input *in);
void goals_consider(struct plan *p);
void goals_give_up(struct plan *p);
void goal_finished(struct plan *p, struct goal *g, const struct request *r, const struct input *in);
void goal_device_gone(struct plan *p, struct device *d);
void goal_fail(struct plan *p, struct goal *g, unsigned number, int64_t code, const char *format, ...)
	_printf_(5, 6);
void goal_cancel(struct plan *p, uint64_t id);
const char *goal_state_name(enum goal_state s);
const char *goal_kind_name(enum goal_kind k);
bool goal_unmet(const struct goal *g);
void goal_free(struct goal *g);

void goal_done(struct plan *p, struct goal *g);
void goal_resume(struct plan *p, struct goal *g, uint64_t offset); /* emits the attempt */

/* For check.c. */
struct action *goal_request(struct plan *p, struct goal *g, enum action_type t, uint64_t timeout);
const char *goal_fstype(const struct goal *g);
void goal_advance(struct plan *p, struct goal *g); /* emits what it needs next */

/* check.c: once for a device, and never while it is in use */
bool check_waits(const struct plan *p, const struct goal *g);
bool check_begin(struct plan *p, struct goal *g); /* false: none is needed, or the goal failed */
void check_ended(struct plan *p, struct goal *g, const struct input *in);
void check_release(struct plan *p, const struct request *r);

/* goalset.c */
void goalset_init(struct plan *p);
void goalset_clear(struct plan *p);
void goalset_add(struct plan *p, struct goal *g);
void goalset_moved(struct plan *p, struct goal *g, enum goal_state before);
void goal_set_device(struct plan *p, struct goal *g, struct device *d);
struct goal *goal_find(const struct plan *p, uint64_t id);
const GPtrArray *goals_of_key(const struct plan *p, const char *key); /* NULL: none */
const struct goal *goal_blocked_by(const struct plan *p, const struct goal *g); /* mounted first */
bool goal_searches(const struct plan *p, const struct goal *g);
bool goals_search(const struct plan *p); /* one of them does */
void goal_ask(struct plan *p, struct goal *g); /* looks for its device in this step, if it waits */
void goals_ask_all(struct plan *p);
void goals_ask_key(struct plan *p, const char *key);
void goals_ask_device(struct plan *p, const struct device *d);
GPtrArray *goals_take_asked(struct plan *p);
struct goal *goals_first_due(const struct plan *p);
void goals_let_go(struct plan *p, struct goal *g); /* the end does not wait for it any more */

/* resume.c */
void resume_clock(struct plan *p, const struct goal *root);
void resume_decide(struct plan *p, struct goal *g, const char *why);
bool resume_allowed(struct plan *p, struct goal *g); /* false: it is decided now */
void resume_too_late(struct plan *p, const struct device *d);
void resume_given_up(struct plan *p, struct goal *g, const struct assembly *a);
void resume_deadline(struct plan *p);
void resume_verified(struct plan *p, struct goal *g, const struct input *in);
void resume_tried(struct plan *p, struct goal *g, const struct input *in);

/* layout.c: the record of the chain from a goal down to the disks, made when the image was built */
bool layout_explain(const struct plan *p, const struct goal *g, GPtrArray *waits);
bool layout_names(const struct plan *p, const struct goal *g, const struct assembly *a);
bool layout_may_lead(const struct plan *p, const struct goal *g, const struct assembly *a);
const struct input *layout_find(const struct plan *p, const char *target, const char *spec);
bool layout_is_encrypted(const struct plan *p, const struct input *n);
char *layout_exposed(const struct plan *p, const struct goal *g, const struct device *d);
bool layout_root_exposed(const struct plan *p);
char *layout_supplanted(const struct plan *p, const struct goal *g, const struct device *d);

/* question.c */
void question_ask(struct plan *p, struct assembly *a, uint64_t timeout);
void questions_expire(struct plan *p);
void question_withdraw(struct plan *p, struct assembly *a, const char *why);
struct question *question_of(const struct plan *p, const struct assembly *a);
void question_answered(struct plan *p, const struct input *in);
void question_skipped(struct plan *p, const struct input *in);
void answer_tried(struct plan *p, struct assembly *a, uint64_t secret, bool opened);
void answers_drop_if_unused(struct plan *p);
void question_free(struct question *q);

/* deadline.c */
void deadlines_fire(struct plan *p);
void deadlines_each(const struct plan *p, void (*fn)(void *data, const struct deadline *d), void *data);

/* explain.c: what a goal waits for, nearest leaf first. */
struct wait {
	char *leaf, *kind, *reason;
	uint64_t since, until;
	bool aside; /* a locked volume that nothing ties to the goal: it may lie there, or not */
};
GPtrArray *explain_goal(const struct plan *p, const struct goal *g); /* struct wait, owned */
char *explain_text(const struct plan *p, const struct goal *g);
char *explain_waits(const struct plan *p, const struct goal *g, bool times); /* " LEAF: REASON; ...", since when */
void explain_schedule(struct plan *p);
void overdue_schedule(struct plan *p);

/* status.c */
char *status_json(const struct plan *p);
char *status_text(const struct plan *p);

/* stop.c */
void stop_begin(struct plan *p, const struct input *in);
void stop_consider(struct plan *p);
void stop_finished(struct plan *p, const struct request *r, const struct input *in);
bool stop_done(const struct plan *p);

/* Message numbers 1-99 and from 140 on; the catalogue is docs/messages.md. */
enum sact_message {
	MSG_TIMEOUT = 1,	/* the deadline of a goal passed */
	MSG_EXPLAIN = 2,	/* what a goal waits for */
	MSG_OVERDUE = 3,	/* waiting takes long: whoever can help may look */
	MSG_MEMBER = 4,		/* a goal names a member, not what lies on it */
	MSG_UNREADABLE = 10,	/* a device cannot be read */
	MSG_DAMAGED = 11,	/* a superblock, label or header is damaged */
	MSG_AMBIVALENT = 12,	/* two formats claim one device */
	MSG_DUPLICATE = 13,	/* two devices carry one identity */
	MSG_PATHS = 14,		/* several paths to one disk, and no multipath */
	MSG_CLONE_LATE = 15,	/* a second device of one identity, after the choice */
	MSG_MD_STALE = 20,	/* a member is out of date */
	MSG_MD_SPLIT = 21,	/* members say of each other that they failed */
	MSG_MD_FAILED = 22,	/* the kernel refused an array */
	MSG_MD_DEGRADED = 23,	/* started with members missing */
	MSG_MD_LATE = 24,	/* a member came after the start */
	MSG_MD_TRIAL = 26,	/* started for a look, and stopped again */
	MSG_MD_DIRTY = 25,	/* dirty and degraded parity is refused */
	MSG_MD_RESHAPE = 27,	/* an interrupted reshape that only mdadm can go on with */
	MSG_MD_JOURNAL = 28,	/* started without its write journal */
	MSG_MD_NEWER = 29,	/* a member newer than the running array */
	MSG_LUKS_WRONG = 30,	/* a passphrase does not fit */
	MSG_LUKS_FAILED = 31,	/* a volume cannot be opened */
	MSG_LUKS_TRIES = 32,	/* tries used up */
	MSG_LUKS_KEYFILE = 33,	/* key file missing or wrong */
	MSG_LUKS_SKIPPED = 34,
	MSG_MODULE = 35,	/* a module that is needed cannot be loaded */
	MSG_LUKS_AUTOMATIC = 36, /* opened, and nobody typed anything */
	MSG_EXPOSED = 37,	 /* not encrypted beside what was opened so */
	MSG_LVM_METADATA = 40,	/* metadata cannot be read */
	MSG_LVM_TYPE = 41,	/* a segment type that is not done natively */
	MSG_LVM_FAILED = 42,	/* activation failed */
	MSG_LVM_PARTIAL = 43,	/* started without all PVs */
	MSG_LVM_NEWER = 44,	/* newer metadata came after the start */
	MSG_LVM_INVALID = 45,	/* the metadata of one LV make no table */
	MSG_LVM_FOREIGN = 47,	/* another machine's VG, or one that several share */
	MSG_LVM_PV = 48,	/* a PV that is not used */
	MSG_LVM_COPY = 49,	/* one copy of a PV's metadata is damaged */
	MSG_LVM_MERGE = 46,	/* a snapshot is being merged into what is activated */
	MSG_FSCK_FIXED = 50,	/* the checker corrected something */
	MSG_FSCK_FAILED = 51,	/* errors left uncorrected */
	MSG_FSCK_REBOOT = 52,
	MSG_FSCK_MISSING = 53,	/* no checker */
	MSG_MOUNT_FAILED = 54,
	MSG_SWAP_FAILED = 55,
	MSG_MD_BITMAP = 150,	/* a damaged write-intent bitmap */
	MSG_LINK = 152,		/* a link that was not made */
	MSG_SPEC = 56,		/* a spec cannot be understood */
	MSG_CANCELLED = 57,
	MSG_STOP_SPEC = 58,	/* nothing answers to what is to be stopped */
	MSG_IN_USE = 66,	/* not checked: it is mounted */
	MSG_WORKER = 60,	/* an action took too long or its worker died */
	MSG_STOP_FAILED = 61,
	MSG_SUPPLANTED = 62,	/* a device that should lie on an encrypted volume does not */
	MSG_OVERFLOW = 63,	/* events were lost; everything was read again */
	MSG_RESUME = 64,
	MSG_STATE = 65,		/* a line of the state file */
	MSG_NO_WORKER = 81,	/* the worker's program cannot be run */
	MSG_LVM_TWIN = 145,	/* two VGs of one name: they get others */
	MSG_LVM_SPLIT = 146,	/* two texts of one VG and age */
	MSG_LVM_READONLY = 140,	/* an LV on a disk that is read-only */
	MSG_LVM_RETURNED = 141,	/* a PV that was given up came back */
};
