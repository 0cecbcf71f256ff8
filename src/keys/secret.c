/*
 * secret.c
 *	  Memory for keys: neither swapped, nor dumped, nor read by a debugger.
 *
 * memfd_secret(2) takes the pages out of the kernel's own map too, so that
 * neither ptrace nor a kernel that reads other people's memory comes at them.
 * Where the kernel does not give it, locked memory left out of core files.
 */
#include "src/keys/secret.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/* Pages from memfd_secret, or NULL where the kernel refuses. */
static void *
MapSecretPages(size_t size)
{
	int			fd = (int) syscall(SYS_memfd_secret, (unsigned int) O_CLOEXEC);
	void	   *start;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t) size) != 0)
	{
		close(fd);
		return NULL;
	}
	start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return start == MAP_FAILED ? NULL : start;
}

/*
 * Map zeroed memory for secrets; forked processes share it.  NULL where not
 * even locked memory is to be had.  *how, if asked for, says what was got.
 */
void *
pkint_secret_map(size_t size, const char **how)
{
	void	   *start = MapSecretPages(size);

	if (how)
		*how = start ? "memfd_secret" : "locked memory";
	if (start)
		return start;
	start = mmap(NULL, size, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return NULL;
	if (mlock(start, size) != 0 || madvise(start, size, MADV_DONTDUMP) != 0)
	{
		munmap(start, size);
		return NULL;
	}
	return start;
}

/* Wipe and give back what pkint_secret_map() gave. */
void
pkint_secret_unmap(void *start, size_t size)
{
	explicit_bzero(start, size);
	munmap(start, size);
}

/*
 * From now on this process and those that it forks leave no core file, and no
 * process of the same user may look into them.
 */
void
pkint_make_undumpable(void)
{
	(void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
