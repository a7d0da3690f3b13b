package process

// Emulated is emulated.
var Emulated = emulated
