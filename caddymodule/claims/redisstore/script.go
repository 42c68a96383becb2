package redisstore

import "github.com/redis/go-redis/v9"

// An entry is a string: an r where it is reserved, or a c where it is committed,
// the token of 16 bytes, and the value. Its time to live is the lease, or how
// long the commitment is kept.
const committed = "c"

// What the scripts answer.
const (
	replyFree      = 0
	replyPending   = 1
	replyCommitted = 2
)

// Each script touches the one key that it is given, as a cluster demands. A
// server runs a script as a whole, so what it has read still holds when it
// writes.
var (
	// lookScript answers {state, milliseconds that the lease still runs, value}.
	lookScript = redis.NewScript(read + `return answer`)

	// reserveScript does as lookScript, and takes what is free, or reserved by the
	// same token. Arguments: token, lease in milliseconds.
	reserveScript = redis.NewScript(read + `
if answer[1] == 0 or (answer[1] == 1 and holder == ARGV[1]) then
	redis.call('SET', KEYS[1], 'r' .. ARGV[1], 'PX', ARGV[2])
	return {0, 0, ''}
end
return answer`)

	// commitScript answers whether it has. Arguments: token, value, milliseconds to
	// keep it or 0.
	commitScript = redis.NewScript(read + `
if answer[1] ~= 0 and holder ~= ARGV[1] then
	return 0
end
if ARGV[3] == '0' then
	redis.call('SET', KEYS[1], 'c' .. ARGV[1] .. ARGV[2])
else
	redis.call('SET', KEYS[1], 'c' .. ARGV[1] .. ARGV[2], 'PX', ARGV[3])
end
return 1`)

	// releaseScript deletes what is reserved by the token. Argument: token.
	releaseScript = redis.NewScript(read + `
if answer[1] == 1 and holder == ARGV[1] then
	redis.call('DEL', KEYS[1])
end
return 1`)

	// importScript commits for ever, under no token, what is not yet, and answers
	// 1 if nothing was committed.
	importScript = read + `
if answer[1] ~= 2 or redis.call('PTTL', KEYS[1]) >= 0 then
	redis.call('SET', KEYS[1], 'c' .. string.rep('\0', 16))
end
if answer[1] == 2 then
	return 0
end
return 1`
)

// read finds the state of the entry and its holder.
const read = `
local entry = redis.call('GET', KEYS[1])
local answer, holder = {0, 0, ''}, false
if entry then
	holder = string.sub(entry, 2, 17)
	if string.sub(entry, 1, 1) == 'c' then
		answer = {2, 0, string.sub(entry, 18)}
	else
		answer = {1, redis.call('PTTL', KEYS[1]), ''}
	end
end
`
