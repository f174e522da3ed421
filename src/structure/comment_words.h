#ifndef STRUCTURE_COMMENT_WORDS_H
#define STRUCTURE_COMMENT_WORDS_H

#include <stdbool.h>

/// The words of a comment line: key=value with quotes, key:value, and free words between blanks, commas,
/// semicolons and bars.

/// One key=value, or a free word (value NULL); key NULL at the end of the line.
typedef struct {
    char *key;
    char *value;
    bool open_quote; ///< a quote before the value is never closed and was left out
} CommentWord;

/// Takes the next word, cutting the line in place. Brackets and quotes around keys and unquoted values go.
/// Within quotes \" is a quote and \\ a backslash, as ASE and others write them.
void comment_word_next(char **at, CommentWord *word);

#endif
