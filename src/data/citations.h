#ifndef DATA_CITATIONS_H
#define DATA_CITATIONS_H

/// The papers to cite, as BibTeX.
const char *citations_bibtex(void);

#endif
