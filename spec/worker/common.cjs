module.exports = (value) => value + 1;
module.exports.half = (value) => value / 2;
