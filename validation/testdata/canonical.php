<?php
// Reads one JSON text a line and prints each in the canonical form of
// canonical_test.go.

function number(int|float $n): string
{
    return 'd' . bin2hex(pack('E', $n == 0 ? 0.0 : $n));
}

function canonical(mixed $value): string
{
    if ($value === null) {
        return 'n';
    }
    if (is_bool($value)) {
        return $value ? 't' : 'f';
    }
    if (is_string($value)) {
        return 's' . bin2hex($value);
    }
    if (is_int($value) || is_float($value)) {
        return number($value);
    }
    if (is_array($value)) {
        return '[' . implode(',', array_map('canonical', $value)) . ']';
    }
    $members = [];
    foreach ($value as $name => $member) {
        $members[] = bin2hex((string) $name) . ':' . canonical($member);
    }
    sort($members, SORT_STRING);
    return '{' . implode(',', $members) . '}';
}

foreach (explode("\n", stream_get_contents(STDIN)) as $line) {
    echo canonical(json_decode($line, false, 512, JSON_THROW_ON_ERROR)), "\n";
}
