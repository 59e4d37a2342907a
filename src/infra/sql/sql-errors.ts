function codeOf(error: unknown): unknown {
  const outer = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  return outer.driverError?.code ?? outer.code;
}

/** The row breaks a unique index or primary key, on either dialect. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** The row names another one that is not there (any more), on either dialect. */
export function isForeignKeyViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === '23503' || code === 'SQLITE_CONSTRAINT_FOREIGNKEY';
}

/** PostgreSQL gave up this transaction in favour of another one; running it again is right. */
export function isSerializationFailure(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}
