#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/// Memory of this machine in bytes; infinite if it does not say.
double memory_of_machine(void);

#endif
