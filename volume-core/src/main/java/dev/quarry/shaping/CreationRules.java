package dev.quarry.shaping;

import static dev.quarry.shaping.VolumeParameterException.invalidCombination;
import static dev.quarry.shaping.VolumeParameterException.invalidValue;

import dev.quarry.shaping.TypeLimits.SizeRange;
import java.util.Locale;
import java.util.OptionalInt;

/// Checks what is asked for a volume against the limits, with the codes and words of EBS.
///
/// The order matters to clients: the Kubernetes driver asks for 2,147,483,647 IOPS at 4 GiB and
/// expects to hear of the IOPS, not of the ratio.
final class CreationRules {
  private final Limits limits;

  CreationRules(Limits limits) {
    this.limits = limits;
  }

  /// The volume a request asks for, with defaults filled in.
  ///
  /// @throws VolumeParameterException if the limits do not allow it
  VolumeSpec check(VolumeRequest request) {
    checkPositive("size", request.sizeGib());
    checkPositive("iops", request.iops());
    checkPositive("throughput", request.throughputMibps());
    checkParameters(request);
    int sizeGib = checkedSize(request);
    return new VolumeSpec(sizeGib, provisioned(request, sizeGib), request.multiAttach());
  }

  private static void checkPositive(String parameter, OptionalInt value) {
    if (value.isPresent() && value.getAsInt() < 0) {
      throw invalidValue(
          "Value (%d) for parameter %s is invalid. Value must be a positive integer.",
          value.getAsInt(), parameter);
    }
  }

  private static void checkParameters(VolumeRequest request) {
    VolumeType type = request.type();
    if (type.needsIops() && request.iops().isEmpty()) {
      throw invalidCombination("The parameter iops must be specified for %s volumes.", type);
    }
    if (!type.takesIops() && request.iops().isPresent()) {
      throw invalidCombination("The parameter iops is not supported for %s volumes.", type);
    }
    if (!type.takesThroughput() && request.throughputMibps().isPresent()) {
      throw invalidCombination("The throughput parameter is not supported for %s volumes.", type);
    }
    if (!type.multiAttach() && request.multiAttach()) {
      throw invalidCombination(
          "The parameter multi-attach-enabled is not supported for %s volumes.", type);
    }
  }

  private int checkedSize(VolumeRequest request) {
    if (request.sizeGib().isEmpty()) {
      throw new VolumeParameterException(
          "MissingParameter", "The request must contain the parameter size/snapshot");
    }
    int sizeGib = request.sizeGib().getAsInt();
    VolumeType type = request.type();
    SizeRange range = limits.of(type).size();
    if (sizeGib < range.minGib()) {
      throw invalidValue(
          "The volume size is invalid for %1$s volumes: %2$d GiB. %1$s volumes must be at least"
              + " %3$d GiB in size. Please specify a volume size above the minimum limit.",
          type, sizeGib, range.minGib());
    }
    if (sizeGib > range.maxGib()) {
      if (type == VolumeType.IO2) {
        throw io2Limits();
      }
      throw invalidValue(
          "Volume of %dGiB is too large for volume type %s; maximum is %dGiB",
          sizeGib, type, range.maxGib());
    }
    return sizeGib;
  }

  private Provisioned provisioned(VolumeRequest request, int sizeGib) {
    return switch (request.type()) {
      case GP2 -> new Provisioned.Gp2();
      case GP3 -> gp3(request, sizeGib);
      case IO1 -> new Provisioned.Io1(io1Iops(request.iops().getAsInt(), sizeGib));
      case IO2 -> new Provisioned.Io2(io2Iops(request.iops().getAsInt(), sizeGib));
      case ST1 -> new Provisioned.St1();
      case SC1 -> new Provisioned.Sc1();
      case STANDARD -> new Provisioned.Standard();
      case UNLIMITED -> new Provisioned.Unlimited();
    };
  }

  private Provisioned.Gp3 gp3(VolumeRequest request, int sizeGib) {
    TypeLimits.Gp3 gp3 = limits.gp3();
    int asked = request.iops().orElse(gp3.baselineIops());
    checkIopsRange(asked, gp3.minIops(), gp3.maxIops());
    if (asked > gp3.maxIops(sizeGib)) {
      throw ratioTooHigh(asked, sizeGib, gp3.maxIopsPerGib());
    }
    int iops = Math.max(asked, gp3.baselineIops());
    int mibps =
        Math.max(request.throughputMibps().orElse(gp3.baselineMibps()), gp3.baselineMibps());
    if (mibps > gp3.maxMibps()) {
      throw invalidValue(
          "Volume throughput of %d is too high; maximum is %d.", mibps, gp3.maxMibps());
    }
    if (mibps > gp3.maxMibps(iops)) {
      throw invalidValue(
          "Throughput (MiBps) to iops ratio of %s is too high; maximum is %s MiBps per iops",
          sixDigits((double) mibps / iops), sixDigits(1.0 / gp3.iopsPerMibps()));
    }
    return new Provisioned.Gp3(iops, mibps);
  }

  private int io1Iops(int iops, int sizeGib) {
    TypeLimits.ProvisionedIops io1 = limits.io1();
    checkIopsRange(iops, io1.minIops(), io1.maxIops());
    if (iops > io1.maxIops(sizeGib)) {
      throw ratioTooHigh(iops, sizeGib, io1.maxIopsPerGib());
    }
    return iops;
  }

  private int io2Iops(int iops, int sizeGib) {
    TypeLimits.ProvisionedIops io2 = limits.io2();
    if (iops < io2.minIops()) {
      throw tooLow(iops, io2.minIops());
    }
    if (iops > io2.maxIops(sizeGib)) {
      throw io2Limits();
    }
    return iops;
  }

  private static void checkIopsRange(int iops, int min, int max) {
    if (iops < min) {
      throw tooLow(iops, min);
    }
    if (iops > max) {
      throw invalidValue("Volume iops of %d is too high; maximum is %d.", iops, max);
    }
  }

  private static VolumeParameterException tooLow(int iops, int min) {
    return invalidValue("Volume iops of %d is too low; minimum is %d.", iops, min);
  }

  private static VolumeParameterException ratioTooHigh(int iops, int sizeGib, int max) {
    return invalidValue(
        "Iops to volume size ratio of %s is too high; maximum is %d",
        sixDigits((double) iops / sizeGib), max);
  }

  /// EBS tells all three limits of io2 in one sentence under another code; the Kubernetes driver
  /// looks for the number before "K IOPS".
  private VolumeParameterException io2Limits() {
    TypeLimits.ProvisionedIops io2 = limits.io2();
    return invalidCombination(
        "io2 volumes configured with greater than %d TiB or %dK IOPS or %d:1 IOPS:GB ratio are not"
            + " supported",
        io2.size().maxGib() / TypeLimits.GIB_PER_TIB, io2.maxIops() / 1000, io2.maxIopsPerGib());
  }

  private static String sixDigits(double ratio) {
    return String.format(Locale.ROOT, "%.6f", ratio);
  }
}
