export const MAX_EVENT_NAME_LENGTH = 200;
export const MAX_ID_LENGTH = 256;
export const MAX_PROCESS_NAME_LENGTH = 128;
export const MAX_PROPERTIES_DEPTH = 10;
export const MAX_KEYS_PER_LEVEL = 100;
/** As JSON. */
export const MAX_PROPERTIES_BYTES = 32 * 1024;
