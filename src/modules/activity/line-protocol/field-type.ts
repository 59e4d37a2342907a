/** The types of fields, as InfluxDB names them. A field keeps the type of its first value. */
export const FIELD_TYPES = ['float', 'integer', 'unsigned', 'boolean', 'string'] as const;
export type FieldTypeName = (typeof FIELD_TYPES)[number];

/** Position in `FIELD_TYPES`; stored with packed points, so never change one. */
export type FieldType = 0 | 1 | 2 | 3 | 4;
export const FLOAT: FieldType = 0;
export const INTEGER: FieldType = 1;
export const UNSIGNED: FieldType = 2;
export const BOOLEAN: FieldType = 3;
export const STRING: FieldType = 4;
