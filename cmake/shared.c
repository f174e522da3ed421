// A library wants a source of its own; all of libqmtraj.so comes from libqmtraj.a.
extern const char *qmt_version(void);
