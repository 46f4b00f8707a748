using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Steelyard.Core.Configuration;

/// <summary>
/// An immutable list that is equal to another when its members are, so that records which hold one
/// compare as values; <see cref="ImmutableArray{T}"/> compares by reference.
/// </summary>
[CollectionBuilder(typeof(ConfigList), nameof(ConfigList.Create))]
public readonly struct ConfigList<T>(ImmutableArray<T> items)
    : IReadOnlyList<T>, IEquatable<ConfigList<T>>
{
    private readonly ImmutableArray<T> _items = items;

    public int Length => Items.Length;

    public bool IsEmpty => Items.IsEmpty;

    /// <summary>As <see cref="ImmutableArray{T}"/> names it; here the default is empty.</summary>
    public bool IsDefaultOrEmpty => IsEmpty;

    int IReadOnlyCollection<T>.Count => Length;

    /// <summary>Empty where the array was never set: the default value is an empty list.</summary>
    private ImmutableArray<T> Items => _items.IsDefault ? [] : _items;

    public T this[int index] => Items[index];

    public static implicit operator ConfigList<T>(ImmutableArray<T> items) => new(items);

    public static implicit operator ImmutableArray<T>(ConfigList<T> list) => list.Items;

    public static bool operator ==(ConfigList<T> left, ConfigList<T> right) => left.Equals(right);

    public static bool operator !=(ConfigList<T> left, ConfigList<T> right) => !left.Equals(right);

    public ReadOnlySpan<T> AsSpan() => Items.AsSpan();

    public ImmutableArray<T> ToImmutableArray() => Items;

    public ImmutableArray<T>.Enumerator GetEnumerator() => Items.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)Items).GetEnumerator();

    public bool Equals(ConfigList<T> other) => Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is ConfigList<T> other && Equals(other);

    /// <summary>
    /// Cheap and coarse: configurations are compared, not hashed by the thousand.
    /// </summary>
    public override int GetHashCode() => Length;

    public override string ToString() => $"[{string.Join(", ", Items)}]";
}

/// <summary>Lets a collection expression build a <see cref="ConfigList{T}"/>.</summary>
public static class ConfigList
{
    public static ConfigList<T> Create<T>(ReadOnlySpan<T> items) => new([.. items]);

    public static ConfigList<T> From<T>(IEnumerable<T> items) => new([.. items]);
}
