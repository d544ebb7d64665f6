// The probe is imported as text, to be handed to the sandbox; never as a module.
declare const text: string;
export default text;
