using System;
using System.Runtime.InteropServices;

namespace Steelyard.Linux;

/// <summary>The kernel refused a call.</summary>
public sealed class KernelException : Exception
{
    public KernelException()
    {
    }

    public KernelException(string message)
        : base(message)
    {
    }

    public KernelException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <param name="call">What was asked, as a person would say it: <c>bind to eth0</c>.</param>
    /// <param name="errorNumber">The error number (errno).</param>
    public KernelException(string call, int errorNumber)
        : base($"{call}: {Marshal.GetPInvokeErrorMessage(errorNumber)}")
    {
        ErrorNumber = errorNumber;
    }

    /// <summary>The error number (errno), or 0.</summary>
    public int ErrorNumber { get; }

    /// <summary>The right is missing: EPERM or EACCES.</summary>
    public bool IsPermission => ErrorNumber is Interop.Libc.EPERM or Interop.Libc.EACCES;

    /// <summary>There is no such interface: ENODEV or ENXIO.</summary>
    public bool IsMissingInterface => ErrorNumber is Interop.Libc.ENODEV or Interop.Libc.ENXIO;

    /// <summary>The last native call's error.</summary>
    internal static KernelException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
