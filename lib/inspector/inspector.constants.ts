/** The injection token of the settings of one inspector. */
export const INSPECTOR_SETTINGS = Symbol('nestjs-cors:inspector');
