#ifndef REPORT_PAGE_PARTS_H
#define REPORT_PAGE_PARTS_H

/// page.html with page.css and page.js in their places and their hashes in its content security policy, made at build
/// time by tools/embed.c, in two parts: before and behind the data.
extern const char REPORT_PAGE_BEFORE[];
extern const char REPORT_PAGE_BEHIND[];

#endif
